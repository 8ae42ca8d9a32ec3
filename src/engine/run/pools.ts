import type { MeasuredOn } from '../../contract/records.js';
import { sampleIndices } from '../../data/sampling.js';
import { interleave, remembering, type SampleSet } from '../open/samples.js';
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

/** A class with fewer samples than this is pointed out. */
const FEW = 50;

/** The samples of a run: what the spaces are made from, and all of them together to judge candidates with. */
export interface RunSamples {
  readonly retain: SampleSet;
  readonly forget: SampleSet;
  /** Mixed, so that every beginning holds the same share of each class. */
  readonly judged: SampleSet;
  /** On classes that had few samples, or none. */
  readonly notes: readonly string[];
}

export interface Quotas {
  readonly samples: number;
  readonly forgetSamples: number;
  readonly seed: number;
}

/** The classes of a run by what becomes of them, by index. */
export type Roles = Readonly<Record<'retain' | 'forget' | 'earlier', readonly number[]>>;

/**
 * Draws a run's samples. Classes forgotten earlier are judged, but have no part in the spaces: to retain what is left of them
 * would bring them back.
 * @param cacheBytes stored samples up to this size are kept in memory.
 * @throws LetheError `samples-missing` if a class to forget, or every class to keep, has none.
 */
export function drawSamples(
  { available, heldOut }: Pools,
  roles: Roles,
  names: readonly string[],
  { samples, forgetSamples, seed }: Quotas,
  cacheBytes: number,
): RunSamples {
  const { labels } = available.dataset;
  const file = available.dataset.where(0).file;
  const draw = (classes: readonly number[], perClass: number) =>
    sampleIndices(labels, { classes, perClass, seed, exclude: heldOut, names, file });
  // Kept classes without samples are left out, unless that is all of them.
  const present = new Set(labels);
  const known = (classes: readonly number[]) => classes.filter((index) => present.has(index));
  const forget = draw(roles.forget, forgetSamples);
  const retain = draw(known(roles.retain).length > 0 ? known(roles.retain) : roles.retain, samples);
  const earlier = known(roles.earlier).length > 0 ? draw(known(roles.earlier), forgetSamples).indices : [];
  const all = interleave([...retain.indices, ...forget.indices, ...earlier], labels);
  const dataset = remembering(available.dataset, all, cacheBytes);
  const notes = [...retain.short, ...forget.short]
    .filter(({ available }) => available < FEW)
    .map(
      (entry) =>
        `class ${names[entry.class]} has only ${entry.available} ${entry.available === 1 ? 'sample' : 'samples'}: what it is taken for is a rough guess`,
    );
  for (const index of roles.retain) {
    if (!present.has(index)) notes.push(`class ${names[index]} has no samples: what happens to it is not known`);
  }
  const subset = (indices: readonly number[]): SampleSet => ({ ...available, dataset, indices });
  return { retain: subset(retain.indices), forget: subset(forget.indices), judged: subset(all), notes };
}
