import type { Work } from '../contract/progress.js';
import type { InputOptions } from './preprocess.js';

/** What a reader may know besides its own source. */
export interface OpenContext extends Work {
  /** Turns a path of the source into the path to open. */
  resolve(path: string): string;
  /** The classes in the order of the model's outputs, where they are known. */
  readonly classes?: readonly string[];
  /** What the model takes, where it is known: image folders are checked against its size. */
  readonly input?: Pick<InputOptions, 'size'>;
  /** Unpacked content larger than this goes to a scratch file; default 256 MiB. */
  readonly cacheBytes?: number;
}
