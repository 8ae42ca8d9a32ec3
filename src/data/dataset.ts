/**
 * Samples as they are stored, before preprocessing. Images are height x width x channels.
 * `data` holds `count` samples one after the other.
 */
export interface RawBatch {
  readonly count: number;
  /** Dimensions of one sample: [height, width, channels] for images, [features] for rows of numbers. */
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array;
  /** The stored value that means 1.0: 255 for bytes, 1 for floats, unless the source states another. */
  readonly scale: number;
}

/** Where a sample or its label lies, for messages. */
export interface Location {
  readonly file: string;
  /** `record 1207` or `line 12`; nothing where the file is the sample. */
  readonly place?: string;
}

/** A labelled data set that is read piece by piece; only labels are held in memory. */
export interface Dataset {
  readonly format: string;
  /** Whether each sample is a file of its own: then the set changes with the folders that hold them. */
  readonly isFilePerSample: boolean;
  readonly size: number;
  /** Class index of every sample. */
  readonly labels: Int32Array;
  /** [height, width, channels] or [features]; for image folders after resize and crop. */
  readonly shape: readonly number[];
  /** Class names, where the data set itself knows them (folder names). */
  readonly classes?: readonly string[];
  /** Names of the features, where the data set has some (the columns of a table). */
  readonly features?: readonly string[];
  /** @throws LetheError naming file and record. */
  read(indices: readonly number[], signal?: AbortSignal): Promise<RawBatch>;
  /** Where one sample, or its label, was read from. */
  where(index: number, part?: 'sample' | 'label'): Location;
  close(): Promise<void>;
}
