export interface ModelRequest {
  /** Path of the model file (`x.onnx`, `model.json`). */
  readonly model: string;
  /** Path of a `lethe.json`; default: the one beside the model. */
  readonly config?: string;
  /** Lets `lethe.json` name data outside of its own folder. */
  readonly allowOutside?: boolean;
  /** Threads for the forward passes; default all cores but one. */
  readonly threads?: number;
}

/** Weights of the retain and of the forget space. */
export interface AlphaPair {
  readonly alphaR: number;
  readonly alphaF: number;
}

export type SplitName = 'train' | 'test';

/** Counts of samples: `counts[row * size + column]` of class `row` are taken for class `column`. */
export interface ConfusionCounts {
  readonly size: number;
  readonly counts: Uint32Array;
}

/** An error as data: what is wrong, where, what to do. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly place?: string;
  readonly hint?: string;
  /** Every problem of a `lethe.json`, where there are several. */
  readonly problems?: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly length: number;
    readonly message: string;
    readonly hint?: string;
  }[];
}

/** Lines and columns from 1; the end is exclusive. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A sample by its class and its place among the class's samples, counted from 0, in the split that accuracies are measured on. */
export interface SampleRef {
  readonly class: number;
  readonly nth: number;
}

/** Pixels row by row, three bytes each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Which TensorFlow.js runs models in its formats; `auto` takes the best that starts. */
export type TensorFlowBackend = 'auto' | 'gpu' | 'cpu' | 'wasm';
