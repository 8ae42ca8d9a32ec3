import { sampleIndices } from '../../data/sampling.js';
import { interleave, remembering, type SampleSet } from '../open/samples.js';
import type { Pools } from './pools.js';

/** A class with fewer samples than this is pointed out. */
const FEW = 50;

/** The samples that a model is made from. */
export interface FittedSamples {
  readonly retain: SampleSet;
  readonly forget: SampleSet;
  /** Of classes forgotten earlier; often none. */
  readonly earlier: SampleSet;
}

/** A part of the samples that is held out, and all others. */
export interface Fold {
  readonly fitted: FittedSamples;
  /** Mixed, so that every beginning holds the same share of each class. */
  readonly judged: SampleSet;
}

/** The samples of a run. */
export interface RunSamples {
  /** What the model is made from that the run writes. */
  readonly fitted: FittedSamples;
  /**
   * What candidates are judged with. One where every class has enough samples to hold some out; else there is a fold for each
   * part of the samples, so that all of them are judged on, each by a model that was made without it.
   */
  readonly folds: readonly Fold[];
  /** All of them. */
  readonly all: SampleSet;
  /** On classes that had few samples, or none. */
  readonly notes: readonly string[];
}

export interface Quotas {
  readonly samples: number;
  readonly forgetSamples: number;
  /** The share of them to judge with; 0 judges on what the models are made from. */
  readonly heldOut: number;
  readonly seed: number;
}

/** The classes of a run by what becomes of them, by index. */
export type Roles = Readonly<Record<'retain' | 'forget' | 'earlier', readonly number[]>>;

/**
 * Draws a run's samples.
 * @param cacheBytes stored samples up to this size are kept in memory.
 * @throws LetheError `samples-missing` if a class to forget, or every class to keep, has none.
 */
export function drawSamples(
  { available, heldOut: reserved }: Pools,
  roles: Roles,
  names: readonly string[],
  { samples, forgetSamples, heldOut, seed }: Quotas,
  cacheBytes: number,
): RunSamples {
  const { labels } = available.dataset;
  const file = available.dataset.where(0).file;
  const draw = (classes: readonly number[], perClass: number) =>
    sampleIndices(labels, { classes, perClass, seed, exclude: reserved, names, file });
  // Kept classes without samples are left out, unless that is all of them.
  const present = new Set(labels);
  const known = (classes: readonly number[]) => classes.filter((index) => present.has(index));
  const forget = draw(roles.forget, forgetSamples);
  const retain = draw(known(roles.retain).length > 0 ? known(roles.retain) : roles.retain, samples);
  const earlier = known(roles.earlier).length > 0 ? draw(known(roles.earlier), forgetSamples).indices : [];
  const drawn = { retain: retain.indices, forget: forget.indices, earlier };

  const all = interleave(Object.values(drawn).flat(), labels);
  const dataset = remembering(available.dataset, all, cacheBytes);
  const subset = (indices: readonly number[]): SampleSet => ({ ...available, dataset, indices });
  const { parts, folds } = foldsOf(drawn, labels, heldOut);
  const fittedOf = (fold: number | null): FittedSamples => {
    const fitted = (side: keyof Roles) => {
      return subset(drawn[side].filter((index) => fold === null || parts.of(side, index) !== fold));
    };
    return { retain: fitted('retain'), forget: fitted('forget'), earlier: fitted('earlier') };
  };
  const judgedOf = (fold: number | null) => {
    const isJudged = (side: keyof Roles) => (index: number) => [null, fold].includes(parts.of(side, index));
    const sides = Object.keys(drawn) as (keyof Roles)[];
    return subset(
      interleave(
        sides.flatMap((side) => drawn[side].filter(isJudged(side))),
        labels,
      ),
    );
  };
  const made = folds.map((fold): Fold => ({ fitted: fittedOf(fold), judged: judgedOf(fold) }));
  return {
    fitted: made.length === 1 ? made[0].fitted : fittedOf(null),
    folds: made,
    all: subset(all),
    notes: [
      ...fewNotes([...retain.short, ...forget.short], names),
      ...roles.retain
        .filter((index) => !present.has(index))
        .map((index) => `class ${names[index]} has no samples: what happens to it is not known`),
    ],
  };
}

/** Cuts the samples of each class into parts, and tells which of the parts are to be folds. */
function foldsOf(drawn: Roles, labels: Int32Array, heldOut: number) {
  const count = heldOut > 0 ? Math.max(2, Math.round(1 / heldOut)) : 0;
  const partOf = new Map<number, number>();
  const perClass = new Map<number, number>();
  // One class begins where the other one ends, so that classes with a single sample are spread over the parts.
  let next = 0;
  const byClass = (indices: readonly number[]) => [...indices].sort((a, b) => labels[a] - labels[b]);
  // Side after side, so that a side that has enough samples has some in every part.
  for (const index of Object.values(drawn).flatMap(byClass)) {
    perClass.set(labels[index], (perClass.get(labels[index]) ?? 0) + 1);
    partOf.set(index, next++ % count);
  }
  /** Null for samples of a side that has too few to spare any: they are fitted and judged on. */
  const of = (side: keyof Roles, index: number): number | null =>
    count === 0 || drawn[side].length < count ? null : partOf.get(index)!;
  const isShort = [...perClass.values()].some((samples) => samples < count);
  const folds: (number | null)[] = count === 0 ? [null] : isShort ? [...Array(count).keys()] : [0];
  return { parts: { of }, folds };
}

function fewNotes(short: readonly { readonly class: number; readonly available: number }[], names: readonly string[]) {
  return short
    .filter(({ available }) => available < FEW)
    .map(
      ({ class: index, available }) =>
        `class ${names[index]} has only ${available} ${available === 1 ? 'sample' : 'samples'}: what it is taken for is a rough guess`,
    );
}
