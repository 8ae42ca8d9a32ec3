import type { Tensor } from '../../linalg/tensor.js';
import type { Classifier, Layer, TapId } from '../../models/classifier.js';
import { inputVectors, positionCount } from '../../models/unfold.js';

/** The layer behind the last hidden one: what it reads is the last that can be told of a sample from inside. */
export function lastHidden({ stages, layers }: Classifier): Layer | null {
  const id = stages.at(-1)?.layers.at(-1);
  return layers.find((layer) => layer.id === id) ?? null;
}

/**
 * What a layer reads of each sample, as one vector: the mean over its positions.
 * @returns null if a tap does not hold the samples one after the other.
 */
export function hiddenFeatures(
  layer: Layer,
  taps: ReadonlyMap<TapId, Tensor>,
  samples: number,
): readonly Float32Array[] | null {
  const [{ tap, geometry }] = layer.sites;
  const value = taps.get(tap)!;
  const perSample = positionCount(geometry, value.dims) / samples;
  if (!Number.isInteger(perSample)) return null;
  const width = layer.in * layer.groups;
  return Array.from({ length: samples }, (_, sample) => {
    const positions = Array.from({ length: perSample }, (_, at) => sample * perSample + at);
    const { data } = inputVectors(layer, geometry, value, positions);
    const mean = new Float32Array(width);
    for (let at = 0; at < data.length; at++) mean[at % width] += data[at] / perSample;
    return mean;
  });
}
