/** One step of a long job, for a progress bar: `done` of `total` units of `phase`. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** What is being worked on now, e.g. a layer's name. */
  readonly detail?: string;
}

/** What every long operation takes: a way to stop it and a way to hear of it. */
export interface Work<Part = unknown> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Told parts of the result as soon as they are known, by operations that have some to tell (`JobParts`). */
  onPart?(part: Part): void;
}
