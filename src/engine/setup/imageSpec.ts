import type { InputSpec } from '../../models/classifier.js';

/** What a model that takes images says of them; null where its file leaves it open. */
export interface ImageSpec {
  readonly layout: 'nchw' | 'nhwc';
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: number | null;
}

/**
 * The images that a model takes, undefined if it takes something else.
 * @param channels of the samples, which decide where the model's file leaves the layout open.
 */
export function imageSpec({ dims, layout }: InputSpec, channels?: number): ImageSpec | undefined {
  if (dims.length !== 4 || layout === 'features') return undefined;
  const isLast =
    layout === 'nhwc' ||
    (layout === 'unknown' && channels !== undefined && dims[3] === channels && dims[1] !== channels);
  return isLast
    ? { layout: 'nhwc', height: dims[1], width: dims[2], channels: dims[3] }
    : { layout: 'nchw', height: dims[2], width: dims[3], channels: dims[1] };
}
