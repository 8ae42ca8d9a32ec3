import type { LetheError } from '../base/errors.js';
import type { FormatName } from '../contract/formats.js';
import type { Work } from '../contract/progress.js';
import type { TextRange } from '../contract/terms.js';
import type { Matrix } from '../linalg/matrix.js';
import type { Tensor } from '../linalg/tensor.js';
import type { LayerId, WeightEdits } from '../linalg/weightEdits.js';

export type TapId = string;
export type ActivationId = string;

/** What the model wants to be fed, as far as its file tells. A `null` dimension is free (the batch always is). */
export interface InputSpec {
  readonly name: string;
  readonly dims: readonly (number | null)[];
  /** `nchw` and `nhwc` for images, `features` for rank 2, `unknown` where the file leaves it open. */
  readonly layout: 'nchw' | 'nhwc' | 'features' | 'unknown';
}

/** Where a dense layer's input vectors lie: the last axis (or `axis`) of the tapped tensor, all others are positions. */
export interface DenseGeometry {
  readonly kind: 'dense';
  /** The axis that holds the vector, counted from the front with the batch as 0, or negative from the back; default -1. */
  readonly axis?: number;
}

/** How a convolution reads patches from the tapped tensor. One entry a spatial dimension, so 1-D and 2-D are the same. */
export interface ConvGeometry {
  readonly kind: 'conv';
  readonly layout: 'channels-first' | 'channels-last';
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /**
   * Zero padding before and after each spatial dimension; `same` is resolved from the tapped size as TensorFlow does
   * (an odd zero behind), `same-lower` likewise with the odd zero in front (ONNX).
   */
  readonly padding: 'same' | 'same-lower' | { readonly before: readonly number[]; readonly after: readonly number[] };
}

export type Geometry = DenseGeometry | ConvGeometry;

/** One place in the network where a layer's weight is applied. */
export interface Site {
  readonly tap: TapId;
  readonly geometry: Geometry;
}

/**
 * A layer that can be projected: W x + b for every input vector x. Its weight W is a matrix of `out` rows; with groups, row r
 * belongs to group `floor(r / (out / groups))` and multiplies that group's input vectors of length `in`.
 * The order inside an input vector is (channel of the group, kernel position...), for every format. Where a file has the sum
 * multiplied by a number (Gemm's alpha), W and b are what they are before that.
 */
export interface Layer {
  readonly id: LayerId;
  readonly name: string;
  readonly kind: 'dense' | 'conv' | 'depthwise';
  /** Length of one input vector: Cin / groups x kernel size. */
  readonly in: number;
  readonly out: number;
  readonly groups: number;
  /** Whether it has a bias b that can be edited: one stored value a row, which no other layer and nothing else reads. */
  readonly hasBias: boolean;
  /** Several where layers share one weight: they are one problem and their moments add up. */
  readonly sites: readonly Site[];
}

/** A layer that has weights but is left alone, and why, as a phrase: `weight is computed at run time`. */
export interface SkippedLayer {
  readonly name: string;
  readonly kind: string;
  readonly reason: string;
}

/** A tensor that a forward pass may start from (see `forwardFrom`), for explanations. Dims without the batch. */
export interface ActivationPoint {
  readonly id: ActivationId;
  readonly name: string;
  readonly dims: readonly (number | null)[];
  readonly layout: 'channels-first' | 'channels-last' | 'tokens' | 'features';
}

/**
 * A place in a forward pass: where some layers read their input first. A pass can be interrupted there and go on later, in the
 * model itself or in one with other weights from there on (see `resume`).
 */
export interface Stage {
  readonly layers: readonly LayerId[];
  /**
   * The values that together decide all that follows; the model's input may be one of them. Null where they can't be kept. Whether
   * samples lie one after the other in them is seen when it is run.
   */
  readonly values: readonly ActivationId[] | null;
}

export interface ResumeOptions {
  /** Taps, and values of later stages. */
  readonly values?: readonly ActivationId[];
  readonly logits?: boolean;
  readonly signal?: AbortSignal;
}

export interface ForwardOptions {
  /** What layers read (`Site.tap`), and activations by their id. */
  readonly taps?: readonly TapId[];
  readonly signal?: AbortSignal;
}

export interface ForwardResult {
  /** n x classes, before a final softmax wherever that can be peeled off. */
  readonly logits: Tensor;
  readonly taps: ReadonlyMap<TapId, Tensor>;
}

/** What `save` wrote: the path the user opens, every file, and notes for the run record (a tensor whose type changed). */
export interface SavedFiles {
  readonly path: string;
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

/** A trained classifier in a file, whatever the format. Nothing here ever writes to the source files. */
export interface Classifier {
  readonly format: FormatName;
  /** The path that was opened. */
  readonly path: string;
  /** Every file the model consists of, the main one first. */
  readonly files: readonly string[];
  readonly input: InputSpec;
  readonly classCount: number;
  /** In forward order. */
  readonly layers: readonly Layer[];
  readonly skipped: readonly SkippedLayer[];
  readonly activations: readonly ActivationPoint[];
  /** In forward order. Layers that the logits do not depend on are in none of them. */
  readonly stages: readonly Stage[];

  /** Runs n samples (first axis of `batch`), any n. Splits or pads where the model's own batch size is fixed. */
  forward(batch: Tensor, options?: ForwardOptions): Promise<ForwardResult>;
  /** Runs the rest of the network from one activation; returns the logits. */
  forwardFrom(point: ActivationId, value: Tensor, options?: { signal?: AbortSignal }): Promise<Tensor>;
  /** Runs the network from the values of a stage, n samples of each, as far as what is wanted of it asks for. */
  resume(
    from: ReadonlyMap<ActivationId, Tensor>,
    options: ResumeOptions,
  ): Promise<{ readonly values: ReadonlyMap<ActivationId, Tensor>; readonly logits: Tensor | null }>;
  /** The weight as `out` x `in` (see `Layer`). @throws LetheError `weights-not-finite` naming tensor and counts. */
  readWeight(layer: LayerId): Promise<Matrix>;
  /** The bias, `out` values; null if there is none that can be edited. @throws LetheError as `readWeight`. */
  readBias(layer: LayerId): Promise<Float32Array | null>;
  /**
   * A candidate with these weights and biases in place; the original stays usable. Dispose of it when done.
   * @throws RangeError for edits that do not fit the layers.
   */
  withWeights(edits: WeightEdits): Promise<Classifier>;
  /**
   * Writes a copy with these weights and biases to `target`: a file, or a folder for formats of several files. The copy is
   * byte-identical but for the edited tensors, and appears under its name only when complete.
   * @throws LetheError `output-exists` unless `overwrite`; `disk-full`, `file-unwritable`.
   */
  save(edits: WeightEdits, target: string, options?: SaveOptions): Promise<SavedFiles>;
  dispose(): Promise<void>;
}

export interface SaveOptions extends Work {
  readonly overwrite?: boolean;
}

/** Facts about a model that its headers tell, without loading tensors or a runtime. */
export interface ModelFacts {
  readonly format: FormatName;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly input: InputSpec;
  readonly classCount: number | null;
  readonly layers: readonly Layer[];
  readonly skipped: readonly SkippedLayer[];
  /** Where the model's file describes a skipped layer, given by its index, if the file is a text. */
  readonly skippedAt?: (index: number) => TextRange;
  readonly parameterCount: number;
}

/** A stored tensor with numbers that are not finite. */
export interface NotFinite {
  readonly tensor: string;
  /** The file that holds the numbers. */
  readonly file: string;
  /** Where the model's file describes the tensor, if it is a text. */
  readonly at?: { readonly file: string; readonly range: TextRange };
  readonly count: number;
  readonly nan: number;
  readonly infinite: number;
  /** Index of the first of them in the order of storage. */
  readonly first: number;
  /** Whether a layer that can be projected multiplies by it; a constant may hold infinities for a reason (a mask). */
  readonly isWeight: boolean;
}

/** The code of one model format; what is known of the format without it stands in `FORMATS`. */
export interface ModelFormat {
  readonly name: FormatName;
  /** Whether the file looks like this format, from its name and its first bytes only. Never throws for bad content. */
  match(path: string): Promise<boolean>;
  /** Facts from headers alone: well under a second for a 100 MB file. @throws LetheError on a damaged file. */
  inspect(path: string): Promise<ModelFacts>;
  /** Everything that is wrong with the files as far as headers tell, where `inspect` throws the first; empty if it throws nothing. */
  faults(path: string): Promise<readonly LetheError[]>;
  /** Reads every stored number, without a runtime, and tells the tensors that hold NaN or infinity. Progress counts bytes. */
  scan(path: string, work?: Work): Promise<readonly NotFinite[]>;
  open(path: string, options?: OpenOptions): Promise<Classifier>;
}

export interface OpenOptions extends Work {
  /** Threads for the forward passes; default all cores but one (at least one). */
  readonly threads?: number;
}
