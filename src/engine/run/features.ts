import { type Matrix, matrix } from '../../linalg/matrix.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { Classifier, Layer, TapId } from '../../models/classifier.js';
import { inputVectors, positionCount } from '../../models/unfold.js';
import type { ReadTokens } from '../open/readTokens.js';

/** The layer behind the last hidden one: what it reads is the last that can be told of a sample from inside. */
export function lastHidden({ stages, layers }: Classifier): Layer | null {
  const id = stages.at(-1)?.layers.at(-1);
  return layers.find((layer) => layer.id === id) ?? null;
}

/**
 * What a layer reads of each sample, as one vector: the mean over its positions, or where those are tokens, over the tokens that
 * the logits are made from.
 * @returns n x (groups * in); null if a tap does not hold the samples one after the other.
 */
export function meanInputs(
  layer: Layer,
  taps: ReadonlyMap<TapId, Tensor>,
  samples: number,
  readTokens: ReadTokens | null,
): Matrix | null {
  const [{ tap, geometry }] = layer.sites;
  const value = taps.get(tap)!;
  const perSample = positionCount(geometry, value.dims) / samples;
  if (!Number.isInteger(perSample)) return null;
  const all = Array.from({ length: perSample }, (_, at) => at);
  const read = readTokens?.of === perSample ? readTokens.tokens : all;
  const means = matrix(samples, layer.in * layer.groups);
  for (let sample = 0; sample < samples; sample++) {
    const positions = read.map((at) => sample * perSample + at);
    const { data } = inputVectors(layer, geometry, value, positions);
    const mean = means.data.subarray(sample * means.cols, (sample + 1) * means.cols);
    for (let at = 0; at < data.length; at++) mean[at % means.cols] += data[at] / read.length;
  }
  return means;
}
