import type { CandidateId } from './recipes.js';
import type { ModelRequest, Picture, SampleRef, SplitName } from './terms.js';

/** What is explained: a model as it is and, with a run, what the run made of it. */
export interface ExplainRequest extends ModelRequest {
  /** Folder of a run whose source is the model. */
  readonly run?: string;
  /** The candidate of that run; default the one that was chosen. */
  readonly candidate?: CandidateId;
}

export interface ThumbnailsRequest extends ModelRequest {
  readonly classes: readonly number[];
  /** Pictures of each class at most. */
  readonly perClass: number;
  /** Pixels of a picture's longer side at most. */
  readonly size: number;
}

export interface ThumbnailsResult {
  /** In the order of the request; no pictures for a class without samples, and none at all where samples are no images. */
  readonly classes: readonly { readonly class: number; readonly pictures: readonly Picture[] }[];
}

export interface SaliencyRequest extends ExplainRequest {
  readonly sample: SampleRef;
  /** The class whose logit is explained; default the sample's own. */
  readonly target?: number;
}

/** Where a model looks for a class: Grad-CAM (Selvaraju et al., ICCV 2017), and what it makes of the sample. */
export interface ClassMap {
  /** Size of the activation that the map is made of. */
  readonly width: number;
  readonly height: number;
  /** Row by row, 0 or more, in units of the logit; the same scale before and after. */
  readonly values: Float32Array;
  /** Sum of the values. */
  readonly mass: number;
  /** Of the class that is explained. */
  readonly logit: number;
  readonly probability: number;
  /** The class that the sample is taken for, and how sure the model is of it. */
  readonly predicted: number;
  readonly confidence: number;
}

export interface SaliencyResult {
  readonly sample: SampleRef;
  /** Samples of its class. */
  readonly count: number;
  readonly split: SplitName;
  readonly picture: Picture;
  readonly target: number;
  /** Name of the activation. */
  readonly activation: string;
  readonly before: ClassMap;
  /** Null without a run. */
  readonly after: ClassMap | null;
  /** Share of the mass before that is still there: the sum of the smaller of both values, over the sum before; null if either is missing. */
  readonly kept: number | null;
}

export interface FocusRequest extends ExplainRequest {
  readonly run: string;
  readonly classes: readonly number[];
  /** Samples of each class. */
  readonly samples: number;
}

/** Samples of a class that its kept focus is taken over, wherever it is shown: of other samples it would be another number. */
export const FOCUS_SAMPLES = 10;

/** How much of the saliency of a class's samples a run has left. */
export interface ClassFocus {
  readonly class: number;
  readonly samples: number;
  /**
   * Share of the Grad-CAM mass kept, 0..1: as `SaliencyResult.kept`, of all the samples' maps together; null if they have no mass.
   * Grad-CAM averages its weights over the places, so of a network whose dense layers read the places one by one it may hold little
   * of a logit.
   */
  readonly kept: number | null;
  /**
   * The same share of HiResCAM's mass (Draelos and Carin, arXiv 2011.08891), whose weights are each place's own: that of
   * Grad-CAM where the places are averaged before the dense layers, and true to the logit where they are not.
   */
  readonly keptByPlace: number | null;
  /** Mean mass of the Grad-CAM maps: what `kept` has to be weighted with when classes are put together. */
  readonly massBefore: number;
  readonly massAfter: number;
  /** Mean logit of the class. */
  readonly logitBefore: number;
  readonly logitAfter: number;
}

export interface FocusResult {
  readonly activation: string;
  /** In the order of the request; classes without samples are left out. */
  readonly classes: readonly ClassFocus[];
}

export interface BoundaryRequest extends ExplainRequest {
  /** Three samples that span the plane, for models of more than two inputs; default the first of three classes, a forgotten one among them. */
  readonly anchors?: readonly SampleRef[];
}

/** What a model answers over a grid of points: row by row from the smallest y on. */
export interface BoundaryMap {
  /** Class of the largest logit. */
  readonly classes: Uint16Array;
  /** Its softmax, 0..1. */
  readonly confidence: Float32Array;
}

export interface BoundaryResult {
  /** `features`: the two inputs of the model. `plane`: through three samples, in units of the distance of the first two. */
  readonly kind: 'features' | 'plane';
  /** Points along each side. Parts of the answer come with fewer first. */
  readonly size: number;
  /** The first and last point along each axis. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly before: BoundaryMap;
  readonly after: BoundaryMap | null;
  /** Samples of the data where the model has two features: as many as can be seen. */
  readonly points: { readonly x: Float32Array; readonly y: Float32Array; readonly classes: Uint16Array };
  /** The samples that span the plane; empty for two features. */
  readonly anchors: readonly (SampleRef & {
    readonly x: number;
    readonly y: number;
    readonly count: number;
    readonly picture: Picture;
  })[];
}
