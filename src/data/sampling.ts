import { LetheError } from '../base/errors.js';
import { Random } from '../base/random.js';

export interface SamplingOptions {
  /** The classes to draw from; default all that occur. */
  readonly classes?: readonly number[];
  /** Samples of each class. */
  readonly perClass?: number;
  /** Samples in all, shared out as the classes share the data. Exactly one of `perClass` and `total`. */
  readonly total?: number;
  readonly seed: number;
  /** Samples that must not be drawn. */
  readonly exclude?: Iterable<number>;
  /** Class names and the data's file, for messages. */
  readonly names?: readonly string[];
  readonly file?: string;
}

/** A class that has fewer samples than asked for. */
export interface ShortClass {
  readonly class: number;
  readonly wanted: number;
  readonly available: number;
}

export interface Sampling {
  /** Indices of the samples; those of a smaller drawing with the same seed come first, in the same order. */
  readonly indices: number[];
  readonly short: readonly ShortClass[];
}

/** The samples of one class. */
interface Stratum {
  readonly class: number;
  readonly pool: number[];
  /** Samples of the pool that are not excluded. */
  readonly available: number;
}

/** A drawn sample and its rank: those of lower rank come first. */
interface Draw {
  readonly index: number;
  readonly rank: number;
}

/**
 * Draws a stratified sample. What is drawn depends on the labels, the seed and the excluded samples alone, and a larger drawing
 * begins with the smaller one, so work on earlier samples can be used again.
 * @throws LetheError `samples-missing` if a class has no samples; RangeError unless one of `perClass` and `total` is given.
 */
export function sampleIndices(labels: Int32Array, options: SamplingOptions): Sampling {
  const { perClass, total, seed } = options;
  if ((perClass === undefined) === (total === undefined)) throw new RangeError('give either perClass or total');
  const excluded = new Set(options.exclude);
  const strata = stratify(labels, options, excluded);
  const draws: Draw[] = [];
  const short: ShortClass[] = [];
  const everything = strata.reduce((sum, { available }) => sum + available, 0);
  for (const { class: label, pool, available } of strata) {
    const random = new Random(seed ^ Math.imul(label + 1, 0x9e3779b9));
    // No class gets more of the total than this: Webster's method with C classes awards ranks up to (total + C / 2) / everything.
    const limit = perClass ?? Math.ceil((available * (total! + strata.length)) / everything) + 1;
    const drawn = shuffled(pool, limit, random, excluded);
    if (perClass !== undefined && available < perClass) short.push({ class: label, wanted: perClass, available });
    for (const [at, index] of drawn.entries())
      draws.push({ index, rank: perClass === undefined ? share(at, available) : at });
  }
  // The sort is stable, so equal ranks keep the order of the classes.
  draws.sort((a, b) => a.rank - b.rank);
  return { indices: draws.slice(0, total).map(({ index }) => index), short };
}

/** Webster's method of sharing out seats, but that every class gets one first: it only ever adds when the total grows. */
function share(at: number, available: number): number {
  return at === 0 ? 0 : (at + 0.5) / available;
}

/** The first `limit` samples of the pool's random order that are not excluded. Reorders the pool. */
function shuffled(pool: number[], limit: number, random: Random, excluded: ReadonlySet<number>): number[] {
  const drawn: number[] = [];
  for (let i = 0; i < pool.length && drawn.length < limit; i++) {
    const j = i + random.below(pool.length - i);
    [pool[i], pool[j]] = [pool[j], pool[i]];
    if (!excluded.has(pool[i])) drawn.push(pool[i]);
  }
  return drawn;
}

function stratify(labels: Int32Array, options: SamplingOptions, excluded: ReadonlySet<number>): Stratum[] {
  const wanted = options.classes && new Set(options.classes);
  const pools = new Map<number, number[]>(options.classes?.map((label) => [label, []]));
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index];
    const pool = pools.get(label);
    if (pool) pool.push(index);
    else if (!wanted) pools.set(label, [index]);
  }
  const strata: Stratum[] = [];
  for (const [label, pool] of [...pools].sort(([a], [b]) => a - b)) {
    const available = excluded.size === 0 ? pool.length : pool.filter((index) => !excluded.has(index)).length;
    strata.push({ class: label, pool, available });
  }
  const empty = strata.filter(({ available }) => available === 0);
  if (empty.length > 0 || strata.length === 0) throw missing(empty, options);
  return strata;
}

function missing(empty: readonly Stratum[], { names, file }: SamplingOptions): LetheError {
  const shown = empty.map(({ class: label }) => (names?.[label] === undefined ? label : JSON.stringify(names[label])));
  const left = empty.some(({ pool }) => pool.length > 0) ? ' that are not in use already' : '';
  return new LetheError('samples-missing', {
    message:
      empty.length === 0
        ? 'there are no samples'
        : `there are no samples of class${empty.length === 1 ? '' : 'es'} ${shown.join(', ')}${left}`,
    file,
    hint: 'Add samples of every class to the data set, or check its labels.',
  });
}
