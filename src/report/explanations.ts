import type { BoundaryResult, ClassFocus, ClassMap } from '../contract/explain.js';
import type { Picture, SampleRef, SplitName } from '../contract/terms.js';
import type { Takeover } from '../figures/areas.js';
import type { ClassColor } from '../figures/classColors.js';
import type { Region } from '../figures/regions.js';

/** A picture as a PNG file. */
export interface Image extends Pick<Picture, 'width' | 'height'> {
  readonly png: Uint8Array;
}

/** What was found out, or one sentence on why nothing could be. */
export type Found<T> = T | { readonly problem: string };

/** What opening both models and the data adds to a report. Pictures are null where they are not to be shown. */
export interface Explanations {
  readonly saliency: Found<SaliencyView>;
  readonly focus: Found<FocusView>;
  readonly boundary: Found<BoundaryView>;
  /** Whether samples of forgotten classes may be shown. */
  readonly forgottenPictures: boolean;
}

export interface SaliencyView {
  readonly activation: string;
  readonly split: SplitName;
  readonly samples: readonly SampleSaliency[];
}

/** A sample and where the model looks for its class, before and after. */
export interface SampleSaliency {
  readonly sample: SampleRef;
  /** Samples of its class. */
  readonly count: number;
  readonly before: Answer;
  readonly after: Answer;
  /** The end of the scale of its maps, in units of the logit. */
  readonly most: number;
  /** Share of the mass of the map before that is still there; null if there was none. */
  readonly kept: number | null;
  readonly pictures: {
    /** Null where samples are no images. */
    readonly sample: Image | null;
    readonly before: Image;
    readonly after: Image;
    readonly difference: Image;
  } | null;
}

export type Answer = Pick<ClassMap, 'logit' | 'probability' | 'predicted' | 'confidence'>;

export interface FocusView {
  readonly activation: string;
  readonly classes: readonly ClassFocus[];
}

export interface BoundaryView extends Pick<BoundaryResult, 'kind' | 'size' | 'x' | 'y' | 'xLabel' | 'yLabel'> {
  readonly colors: readonly ClassColor[];
  readonly before: BoundarySide;
  readonly after: BoundarySide;
  /** Of the classes that the run forgot. */
  readonly takeovers: readonly Takeover[];
  readonly points: readonly { readonly x: number; readonly y: number; readonly class: number }[];
  readonly anchors: readonly (SampleRef & {
    readonly x: number;
    readonly y: number;
    readonly picture: Image | null;
  })[];
}

export interface BoundarySide {
  /** A pixel a point. */
  readonly image: Image;
  readonly regions: readonly Region[];
  /** The lines between all regions, and around those of forgotten classes: SVG paths in points from the top left corner. */
  readonly borders: string;
  readonly outline: string;
}

export function isFound<T extends object>(found: Found<T>): found is T {
  return !('problem' in found);
}
