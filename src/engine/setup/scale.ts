import type { RawBatch } from '../../data/dataset.js';
import type { DataSource } from '../../data/source.js';

/** Features from which a row of whole numbers up to 255 is taken for pixels. */
const LEAST_PIXELS = 64;

/**
 * The stored value that means 1.0, told from the values where the type does not tell it: 255 for floats and wide integers that
 * hold bytes, 1 for pixels that were scaled before they were written. Undefined where the format's own default is right.
 */
export function guessScale(source: DataSource, raw: RawBatch): number | undefined {
  if (source.format === 'imageFolder' || source.format === 'cifar10' || raw.data instanceof Uint8Array)
    return undefined;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let isWhole = true;
  for (const value of raw.data) {
    if (value < low) low = value;
    if (value > high) high = value;
    isWhole &&= Number.isInteger(value);
  }
  const isImage = raw.shape.length === 3;
  if (raw.scale === 255 && source.format === 'csv') return high <= 1 ? 1 : undefined;
  if (raw.scale !== 1 || low < 0 || high > 255) return undefined;
  const holdsBytes = isImage ? high > 1.5 : isWhole && high >= 128 && raw.shape[0] >= LEAST_PIXELS;
  return holdsBytes ? 255 : undefined;
}
