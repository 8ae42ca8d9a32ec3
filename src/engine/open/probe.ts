import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { Classifier, Layer, TapId } from '../../models/classifier.js';
import { checkFinite } from '../../models/logits.js';
import { positionCount } from '../../models/unfold.js';
import { BATCH_BYTES, BATCH_OPERATIONS, MAX_BATCH } from './limits.js';
import { findReadTokens, type ReadTokens } from './readTokens.js';
import { inBatches, type SampleSet } from './samples.js';

/** What one sample costs and yields, found by running it once. */
export interface Probe {
  /** Input vectors of each layer's sites in one sample, in the order of `Layer.sites`. */
  readonly positions: ReadonlyMap<string, readonly number[]>;
  /** Bytes of one sample's tap. */
  readonly tapBytes: ReadonlyMap<TapId, number>;
  /** The tokens that the end of the network reads, and of how many; null if it reads all of them, or has none. */
  readonly readTokens: ReadTokens | null;
  /** Multiply-adds of one sample's forward pass, as far as the projectable layers tell. */
  readonly operations: number;
}

/** Runs one sample with all taps. @throws LetheError `model-corrupt` if the logits are not finite. */
export async function probe(classifier: Classifier, samples: SampleSet, signal?: AbortSignal): Promise<Probe> {
  const first = { ...samples, indices: samples.indices.slice(0, 1) };
  for await (const { tensor } of inBatches(first, 1, signal)) return probeWith(classifier, tensor, signal);
  throw new LetheError('samples-missing', { message: 'there are no samples', file: classifier.path });
}

async function probeWith(classifier: Classifier, sample: Tensor, signal?: AbortSignal): Promise<Probe> {
  const taps = [...new Set(classifier.layers.flatMap((layer) => layer.sites.map((site) => site.tap)))];
  const result = await classifier.forward(sample, { taps, signal });
  if (!result.logits.data.every(Number.isFinite)) await checkWeights(classifier);
  checkLogits(classifier, result.logits, 1);
  const positions = new Map<string, number[]>();
  let operations = 0;
  for (const layer of classifier.layers) {
    const counts = layer.sites.map((site) => positionCount(site.geometry, result.taps.get(site.tap)!.dims));
    positions.set(layer.id, counts);
    operations += layer.in * layer.out * counts.reduce((sum, count) => sum + count, 0);
  }
  const tapBytes = new Map(taps.map((tap) => [tap, result.taps.get(tap)!.data.byteLength]));
  return { positions, tapBytes, operations, readTokens: await findReadTokens(classifier, sample, signal) };
}

/**
 * How many samples go through in one forward pass. Decided by the model's size alone, never by the clock, so that a run can
 * be repeated to the last bit.
 */
export function batchSize(costs: Probe, layers: readonly Layer[] = []): number {
  const taps = new Set(layers.flatMap((layer) => layer.sites.map((site) => site.tap)));
  let bytes = 0;
  for (const tap of taps) bytes += costs.tapBytes.get(tap) ?? 0;
  const limit = Math.min(MAX_BATCH, BATCH_OPERATIONS / Math.max(1, costs.operations), BATCH_BYTES / Math.max(1, bytes));
  return Math.max(1, Math.floor(limit));
}

/** Reads all weights that can be edited. @throws LetheError `weights-not-finite` naming the tensor. */
export async function checkWeights(classifier: Classifier, signal?: AbortSignal): Promise<void> {
  for (const layer of classifier.layers) {
    await breathe(signal);
    await classifier.readWeight(layer.id);
  }
}

/** @throws LetheError `model-corrupt` if the logits are not n x classes finite numbers. */
export function checkLogits(classifier: Classifier, logits: Tensor, count: number): void {
  if (logits.data.length !== count * classifier.classCount) {
    throw new LetheError('model-corrupt', {
      message: `gives ${logits.data.length} outputs for ${count} samples of ${classifier.classCount} classes`,
      file: classifier.path,
      hint: 'The model must have one output with a value for each class.',
    });
  }
  checkFinite(classifier, logits);
}
