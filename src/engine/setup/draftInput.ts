import type { InputOptions } from '../../data/preprocess.js';
import type { InputSpec } from '../../models/classifier.js';
import { imageSpec } from './imageSpec.js';

/**
 * What `input` in `lethe.json` should say of layout, size and channels: what the model's file tells, and where it leaves
 * something open, what the samples are.
 * @param shape of a sample: [height, width, channels] or [features].
 */
export function draftInput(
  input: InputSpec,
  shape: readonly number[],
): Pick<Partial<InputOptions>, 'layout' | 'size' | 'channels'> {
  const [height, width, stored] = shape.length === 3 ? shape : [];
  const image = imageSpec(input, stored);
  if (!image) return input.layout === 'unknown' ? { layout: input.dims.length === 2 ? 'features' : 'nchw' } : {};
  const size = [image.height ?? height, image.width ?? width];
  const channels = image.channels ?? stored;
  return {
    ...(input.layout === 'unknown' && { layout: image.layout }),
    ...(size.every((side) => side !== undefined) && { size: size as [number, number] }),
    ...(channels !== undefined && { channels }),
  };
}
