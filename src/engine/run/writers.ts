import { breathe } from '../../base/abort.js';
import { Random } from '../../base/random.js';
import type { Work } from '../../contract/progress.js';
import { type Matrix, matrix, meanRow } from '../../linalg/matrix.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { Classifier, Layer } from '../../models/classifier.js';
import { outputsOf } from '../../unlearn/refit.js';
import type { ReadTokens } from '../open/readTokens.js';
import { inBatches, type SampleSet } from '../open/samples.js';
import type { RunBasis } from './basis.js';
import type { PlannedStage } from './editingPass.js';
import { lastHidden, meanInputs } from './features.js';

/** A layer that writes the last hidden features: most of its channels have some that follow them and no other. */
export interface Writer {
  readonly layer: Layer;
  /** For each of its channels, the features that follow it. */
  readonly features: readonly (readonly number[])[];
}

/** Codes of + and - that tell channels apart: 16 signs are alike by chance for one pair of channels in a hundred thousand. */
const CODES = 16;
/** Squared correlation of a feature's changes with the code of the channel that it follows. */
const FOLLOWS = 0.8;
/** How far outputs are moved, in root mean squares: far enough to wake up what an activation function had cut off. */
const FAR = 4;

/** Samples to see it on: what one leaves cut off, another may not. */
const SAMPLES = 4;

/**
 * The writers among the layers that are edited at the last stage before the last layer's. None where the last layer shares its
 * stage with others, or no samples lie one after the other.
 * @param plan of the layers to edit; any samples.
 */
export async function writersOf(
  { session: { classifier }, costs: { readTokens } }: Pick<RunBasis, 'session' | 'costs'>,
  {
    stages,
    last,
    samples,
  }: { readonly stages: readonly PlannedStage[]; readonly last: Layer | null; readonly samples: SampleSet },
  { signal }: Work,
): Promise<Writer[]> {
  const [before, behind] = stages.slice(-2);
  if (!last || behind?.layers[0] !== last) return [];
  const { value: batch } = await inBatches(samples, SAMPLES, signal).next();
  return findWriters(classifier, before.layers, { batch: batch.tensor, readTokens, signal });
}

/** Samples on which writers are looked for. */
export interface WriterTrial {
  readonly batch: Tensor;
  readonly readTokens: ReadTokens | null;
  readonly signal?: AbortSignal;
}

/**
 * Finds which of the last hidden features follow which channels of a layer, whatever lies between: activation functions, pooling,
 * sums, a normalisation. All channels of a layer are moved at once, up or down by a code of their own, and what moves like a code
 * follows that channel.
 * @param layers where to look; a feature belongs to the first of them that writes it.
 */
export async function findWriters(
  classifier: Classifier,
  layers: readonly Layer[],
  trial: WriterTrial,
): Promise<Writer[]> {
  const writers: Writer[] = [];
  const taken = new Set<number>();
  for (const layer of layers) {
    if (layer.sites.length > 1 || layer.groups > 1) continue;
    const channels = await channelsOf(classifier, layer, trial);
    const features = Array.from({ length: layer.out }, () => [] as number[]);
    for (const [feature, channel] of channels.entries()) {
      if (channel !== null && !taken.has(feature)) features[channel].push(feature);
    }
    // A few may happen to follow a channel of a layer further before.
    if (features.filter((one) => one.length > 0).length < layer.out / 2) continue;
    for (const one of features.flat()) taken.add(one);
    writers.push({ layer, features });
    if (taken.size === channels.length) break;
  }
  return writers;
}

/** For each feature the channel that it follows; null for none. */
async function channelsOf(
  classifier: Classifier,
  layer: Layer,
  { batch, readTokens, signal }: WriterTrial,
): Promise<(number | null)[]> {
  const hidden = lastHidden(classifier)!;
  const samples = batch.dims[0];
  const taps = [layer, hidden].flatMap(({ sites }) => sites.map(({ tap }) => tap));
  const { taps: before } = await classifier.forward(batch, { taps, signal });
  const inputs = meanInputs(layer, before, samples, readTokens);
  if (!inputs || !meanInputs(hidden, before, samples, readTokens)) return [];
  const weight = await classifier.readWeight(layer.id);
  const step = await farStep(layer, weight, inputs, signal);
  if (!step) return [];
  const random = new Random(1);
  const codes = Array.from({ length: CODES }, () => {
    return Float64Array.from({ length: layer.out }, () => (random.below(2) ? 1 : -1));
  });
  const moved: Float64Array[] = [];
  for (const code of codes) {
    await breathe(signal);
    const data = weight.data.map((w, at) => w + code[Math.floor(at / layer.in)] * step[at % layer.in]);
    const edit = { weight: matrix(layer.out, layer.in, data) };
    const copy = await classifier.withWeights(new Map([[layer.id, edit]]));
    try {
      const { taps: after } = await copy.forward(batch, { taps, signal });
      moved.push(meanRow(meanInputs(hidden, after, samples, readTokens)!));
    } finally {
      await copy.dispose();
    }
  }
  return followed(moved, codes, signal);
}

/**
 * What is to be added to a channel's weights so that its outputs rise far. Not every layer has a bias: so it goes along what the
 * inputs have in common. Null if they have nothing in common.
 */
async function farStep(
  layer: Layer,
  weight: Matrix,
  inputs: Matrix,
  signal?: AbortSignal,
): Promise<Float32Array | null> {
  const mean = meanRow(inputs);
  const square = mean.reduce((sum, value) => sum + value * value, 0);
  if (square === 0) return null;
  const { data } = await outputsOf(layer, { weight, bias: null }, inputs, signal);
  const far = FAR * Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
  return Float32Array.from(mean, (value) => (far * value) / square);
}

/**
 * For each feature the channel whose code its changes follow.
 * @param moved features, one row a code.
 * @param codes channels, one row a code.
 */
async function followed(
  moved: readonly Float64Array[],
  codes: readonly Float64Array[],
  signal?: AbortSignal,
): Promise<(number | null)[]> {
  const [changes, patterns] = [standardised(moved), standardised(codes)];
  const found: (number | null)[] = [];
  for (const [feature, change] of changes.entries()) {
    if (feature % 256 === 0) await breathe(signal);
    let [best, most] = [0, 0];
    for (const [channel, pattern] of patterns.entries()) {
      let correlation = 0;
      for (let code = 0; code < CODES; code++) correlation += change[code] * pattern[code];
      if (correlation ** 2 <= most) continue;
      most = correlation ** 2;
      best = channel;
    }
    found.push(most >= FOLLOWS ? best : null);
  }
  return found;
}

/** The columns as rows, each with mean 0 and length 1, or all 0 if it never changes. */
function standardised(rows: readonly Float64Array[]): Float64Array[] {
  return Array.from(rows[0], (_, col) => {
    const values = Float64Array.from(rows, (row) => row[col]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const length = Math.hypot(...values.map((value) => value - mean));
    return values.map((value) => (length > 0 ? (value - mean) / length : 0));
  });
}
