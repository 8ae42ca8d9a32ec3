import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { breathe } from '../../base/abort.js';
import { isMainFileName } from '../../contract/formats.js';
import type { Work } from '../../contract/progress.js';
import { detectFormat } from '../../models/registry.js';
import { CONFIG_NAME } from '../../project/home.js';

/** Folders that hold no model of anybody's: never gone into. */
const LEFT_OUT = new Set(['node_modules', '.lethe', '.git']);

/** Model files and `lethe.json` files, absolute. */
export interface Expanded {
  readonly models: readonly string[];
  readonly configs: readonly string[];
}

/**
 * Puts the models in place of folders, at any depth; links to folders are not followed. A folder without any, and a path where
 * nothing is, stay as they are, so that they are told of.
 */
export async function expandFolders(targets: readonly string[], work: Work = {}): Promise<Expanded> {
  const models = new Set<string>();
  const configs = new Set<string>();
  for (const target of targets.map((given) => path.resolve(given))) {
    const isFolder = await stat(target).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    const before = models.size + configs.size;
    if (isFolder) await walk(target, models, configs, work);
    if (!isFolder || models.size + configs.size === before) models.add(target);
  }
  return { models: [...models], configs: [...configs] };
}

async function walk(folder: string, models: Set<string>, configs: Set<string>, work: Work): Promise<void> {
  await breathe(work.signal);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!LEFT_OUT.has(entry.name)) await walk(file, models, configs, work);
    } else if (entry.name === CONFIG_NAME) {
      configs.add(file);
    } else if (isMainFileName(entry.name) && (await isModel(file))) {
      models.add(file);
    }
  }
}

/** Whether a format knows the file: not every `model.json` is a model. */
async function isModel(file: string): Promise<boolean> {
  return detectFormat(file).then(
    () => true,
    () => false,
  );
}
