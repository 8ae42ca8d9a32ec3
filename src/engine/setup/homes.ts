import path from 'node:path';
import { findHome } from '../../project/home.js';

/** Where a model's `lethe.json` may lie, and where data for it is looked for. */
export interface SetupHomes {
  /** The folder where `lethe.json` should lie. */
  readonly folder: string;
  /** The folder above, where it is found too, if that is in the root. Data beside the model's folder wants it there. */
  readonly above: string | null;
  /** The folder that the search stays in. */
  readonly root: string;
}

/** @param root the workspace's folder; a model that is not in it stands alone. */
export async function setupHomes(model: string, root: string): Promise<SetupHomes> {
  const own = path.dirname(path.resolve(model));
  const bound = isWithin(path.resolve(root), own) ? path.resolve(root) : own;
  const { folder: preferred } = await findHome(model);
  const folder = isWithin(bound, preferred) ? preferred : own;
  // What `findHome` looks at last.
  const highest = path.dirname(own);
  const above = highest !== folder && folder === own && isWithin(bound, highest) ? highest : null;
  return { folder, above, root: bound };
}

/** Whether a path is a folder or lies below it, by its text. */
export function isWithin(folder: string, target: string): boolean {
  const relative = path.relative(folder, target);
  return relative === '' || (relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative));
}

/** A path as `lethe.json` names it: relative where it can be, with slashes on every system. */
export function portablePath(from: string, target: string): string {
  return path.relative(from, target).split(path.sep).join('/') || '.';
}
