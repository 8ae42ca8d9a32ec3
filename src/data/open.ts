import path from 'node:path';
import type { Work } from '../contract/progress.js';
import type { OpenContext } from './context.js';
import type { Dataset } from './dataset.js';
import { openCifar } from './formats/cifar.js';
import { openCsv } from './formats/csv.js';
import { openIdx } from './formats/idx.js';
import { openImageFolder } from './formats/imageFolder.js';
import { openNpz } from './formats/npz.js';
import type { InputOptions } from './preprocess.js';
import type { DataFormat, DataSource, SourceOf } from './source.js';

export interface DatasetOptions extends Work {
  /** The folder that the source's paths are relative to. */
  readonly baseDir: string;
  /** The classes in the order of the model's outputs: folders and text labels are looked up in them. */
  readonly classes?: readonly string[];
  /** What the model takes, where it is known: an image folder names the image whose size is another. */
  readonly input?: Pick<InputOptions, 'size'>;
  /** Turns a path of the source into the one to open, for rules on where data may lie; default: relative to `baseDir`. */
  readonly resolvePath?: (path: string) => string;
  /** Unpacked content larger than this goes to a scratch file; default 256 MiB. */
  readonly cacheBytes?: number;
}

/** Every format that can be read. A new one needs a line here and its settings in `source.ts`. */
const openers: {
  readonly [Format in DataFormat]: (source: SourceOf<Format>, context: OpenContext) => Promise<Dataset>;
} = {
  idx: openIdx,
  imageFolder: openImageFolder,
  cifar10: openCifar,
  npz: openNpz,
  csv: openCsv,
};

/**
 * Opens a data set: headers and labels are read, samples when they are asked for. Close it when done.
 * @throws LetheError naming file and record.
 */
export async function openDataset(source: DataSource, options: DatasetOptions): Promise<Dataset> {
  const { baseDir, resolvePath = (file) => path.resolve(baseDir, file), ...rest } = options;
  const open = openers[source.format] as (source: DataSource, context: OpenContext) => Promise<Dataset>;
  return open(source, { ...rest, resolve: resolvePath });
}
