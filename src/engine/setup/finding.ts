import type { Work } from '../../contract/progress.js';
import type { SplitName } from '../../contract/terms.js';
import type { DataSource } from '../../data/source.js';
import type { InputSpec } from '../../models/classifier.js';
import type { FolderListing, Walk } from './walk.js';

/** Something that looks like a data set, by names and headers. */
export interface Finding {
  /** For people, without the path: `IDX pair`. */
  readonly title: string;
  /** The files or the folder, for people to recognise; absolute. */
  readonly files: readonly string[];
  /** Absolute paths. */
  readonly source: DataSource;
  /** What its own name says, where that is more than the path's. */
  readonly split?: SplitName | null;
}

/** What a finder may know. */
export interface FinderContext extends Work {
  readonly walk: Walk;
  readonly input: InputSpec;
  readonly classCount: number | null;
}

/**
 * Looks for one kind of data in one folder. Whoever takes a subfolder as a part of the data deletes it from the listing, so that
 * nobody walks into it.
 */
export type Finder = (listing: FolderListing, context: FinderContext) => Promise<Finding[]>;
