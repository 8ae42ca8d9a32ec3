import { elementCount } from '../linalg/tensor.js';
import type { ActivationPoint, InputSpec } from '../models/classifier.js';

/** Tokens in front of a grid of patches: one for the class, and up to seven registers. */
const MOST_EXTRA_TOKENS = 8;
/** From so many patches on, more than one token in front of them is believed in. */
const CERTAIN_GRID = 16;

/** One sample's activation as a map of `height` x `width` positions with `channels` values each. */
export interface SpatialView {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Number of values, those outside of the map too. */
  readonly length: number;
  /** Index of the first position's first channel: what comes before are tokens that stand for no place. */
  readonly offset: number;
  readonly positionStep: number;
  readonly channelStep: number;
}

/**
 * Reads an activation as a map; null where it has fewer than two positions or none at all.
 * Sequences of one dimension are a strip one position high. Tokens are a grid where the input is an image and as many patches as
 * in its proportions can be made of all of them, of all but the first (the class token), or of all but some more (registers).
 * @param dims of one sample's value, which may be more definite than those of the point.
 */
export function spatialView(
  point: Pick<ActivationPoint, 'layout'>,
  dims: readonly number[],
  input: InputSpec,
): SpatialView | null {
  const { layout } = point;
  if (layout === 'features' || dims.length < 2 || dims.length > 3) return null;
  const length = elementCount(dims);
  if (layout === 'tokens' && dims.length === 2) {
    const [tokens, channels] = dims;
    const { height, width } = gridOf(tokens, input) ?? { height: 1, width: tokens };
    const offset = (tokens - height * width) * channels;
    return asMap({ width, height, channels, length, offset, positionStep: channels, channelStep: 1 });
  }
  const isFirst = layout === 'channels-first';
  const channels = isFirst ? dims[0] : dims[dims.length - 1];
  const space = isFirst ? dims.slice(1) : dims.slice(0, -1);
  const width = space[space.length - 1];
  const height = space.length === 2 ? space[0] : 1;
  const positionStep = isFirst ? 1 : channels;
  const channelStep = isFirst ? height * width : 1;
  return asMap({ width, height, channels, length, offset: 0, positionStep, channelStep });
}

function asMap(view: SpatialView): SpatialView | null {
  return view.width * view.height > 1 ? view : null;
}

function gridOf(tokens: number, input: InputSpec): { readonly height: number; readonly width: number } | null {
  const proportions = proportionsOf(input);
  if (proportions === null) return null;
  for (let extra = 0; extra <= MOST_EXTRA_TOKENS; extra++) {
    const patches = tokens - extra;
    if (patches < 4 || (extra > 1 && patches < CERTAIN_GRID)) break;
    const height = Math.round(Math.sqrt(patches * proportions));
    const width = Math.round(Math.sqrt(patches / proportions));
    if (height * width === patches && Math.abs(Math.log(height / width / proportions)) < 0.01) return { height, width };
  }
  return null;
}

/** Height by width of the input; 1 where it is not known; null for sequences. */
function proportionsOf({ dims, layout }: InputSpec): number | null {
  if (dims.length === 3) return null;
  const [height, width] = layout === 'nchw' ? dims.slice(2) : layout === 'nhwc' ? dims.slice(1) : [];
  return height && width ? height / width : 1;
}
