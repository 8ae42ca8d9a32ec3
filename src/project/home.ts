import path from 'node:path';
import { LetheError } from '../base/errors.js';
import { exists } from '../base/files.js';
import { mainFileOf } from '../contract/formats.js';

export const CONFIG_NAME = 'lethe.json';

/** Where a model lives: the folder for its outputs and `.lethe`, and the name that outputs are made from. */
export interface ModelHome {
  readonly folder: string;
  readonly name: string;
  /** The `lethe.json` that speaks of it, if there is one. */
  readonly config: string | null;
  /** Folders whose `.lethe` may hold the record of the run that wrote it: a model folder's record lies beside the folder. */
  readonly records: readonly string[];
}

/**
 * Finds a model's `lethe.json`: in its own folder, or in the parent for a model that is a folder of files. Such a folder
 * (`fashion/model.json`) gives the model its name, unless `lethe.json` lies in it.
 * @param given a configuration named by the user, which wins. @throws LetheError `file-missing` if it does not exist.
 */
export async function findHome(model: string, given?: string): Promise<ModelHome> {
  if (given !== undefined && !(await exists(given))) {
    throw new LetheError('file-missing', {
      message: 'no such file',
      file: given,
      hint: 'Check the path of lethe.json that was given (--config).',
    });
  }
  const absolute = path.resolve(model);
  const folder = path.dirname(absolute);
  const parent = path.dirname(folder);
  const name = path.basename(absolute, path.extname(absolute));
  const records = [folder, parent];
  const beside = path.join(folder, CONFIG_NAME);
  if (await exists(beside)) return { folder, name, config: given ?? beside, records };

  const above = path.join(parent, CONFIG_NAME);
  const config = given ?? ((await exists(above)) ? above : null);
  const isFolder =
    mainFileOf(path.basename(absolute))?.calledBy === 'folder' || /\.forget-/.test(path.basename(folder));
  return isFolder
    ? { folder: parent, name: path.basename(folder), config, records }
    : { folder, name, config, records };
}

/**
 * The path of the model that forgot: `<name>.forget-<slug>.<ext>`, or the folder `<name>.forget-<slug>` for several files.
 */
export function outputPath(home: ModelHome, model: string, slug: string, asFolder: boolean): string {
  return path.join(home.folder, `${home.name}.forget-${slug}${asFolder ? '' : path.extname(model)}`);
}
