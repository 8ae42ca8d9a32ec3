import type { MeasuredOn } from '../../contract/records.js';
import { sampleIndices } from '../../data/sampling.js';
import type { SampleSet } from '../open/samples.js';
import type { Session } from '../open/session.js';

/** Which samples a run may draw from, and which it only measures with. */
export interface Pools {
  /** All samples of the split that a run may draw from. */
  readonly available: SampleSet;
  /** Those of them that the run must leave alone. */
  readonly heldOut: readonly number[];
  readonly measured: SampleSet;
  readonly measuredOn: MeasuredOn;
}

/** Most samples that are held out where there is no test split. */
const MOST_HELD_OUT = 10_000;

/**
 * The train split to work with and the test split to measure with. Where there is only one of them, half of each class is
 * held out and measured with, so that no accuracy is reported on samples that had a part in the result.
 */
export function makePools(session: Session, seed: number): Pools {
  const [train, test] = [session.split('train'), session.split('test')];
  if (train && test) {
    const samples = test.indices.length;
    return { available: train, heldOut: [], measured: test, measuredOn: { split: 'test', heldOut: false, samples } };
  }
  const available = train ?? test!;
  const { labels, size } = available.dataset;
  const total = Math.min(MOST_HELD_OUT, size >> 1);
  const heldOut = total === 0 ? [] : sampleIndices(labels, { total, seed }).indices;
  const measured = { ...available, indices: heldOut };
  const split = train ? 'train' : 'test';
  return { available, heldOut, measured, measuredOn: { split, heldOut: true, samples: heldOut.length } };
}
