import { throwIfAborted } from '../base/abort.js';
import { LetheError } from '../base/errors.js';
import type { Work } from '../contract/progress.js';
import {
  byMerit,
  type Candidate,
  type ClassAccuracy,
  type Goals,
  isAdmissible,
  judge,
  paretoFront,
} from './candidates.js';
import type { Detail } from './collect.js';
import type { AlphaPair } from './projection.js';

/** How exactly a pair is to be judged. */
export interface Fidelity {
  /**
   * Share of each class's samples, over 0 and up to 1; at least one of each class. A larger share should contain the
   * samples of a smaller one.
   */
  readonly share: number;
  readonly detail: Detail;
}

/** One round of the search: the best `keep` candidates so far (all if left out) are judged this exactly. */
export interface Round extends Fidelity {
  readonly keep?: number;
}

/** Every pair on all samples. */
export const EXHAUSTIVE: readonly Round[] = [{ share: 1, detail: 'full' }];

/**
 * Successive halving (Jamieson and Talwalkar, AISTATS 2016), for models whose forward passes are costly: every pair on few
 * samples with sketched spaces, the best three on more, the best one on all with the full spaces. For 25 pairs that is at most
 * 2.2 times the forward passes over all samples instead of 25 times.
 *
 * The first round goes from the largest alpha_f down and leaves a row of the grid where a pair plainly does not forget: P_f
 * grows with alpha_f in every direction, so a smaller one removes less.
 */
export const RACE: readonly Round[] = [
  { share: 1 / 30, detail: 'sketch' },
  { share: 1 / 8, detail: 'sketch', keep: 3 },
  { share: 1, detail: 'full', keep: 1 },
];

export interface SearchOptions extends Goals, Work {
  readonly alphaR: readonly number[];
  readonly alphaF: readonly number[];
  /** Default `EXHAUSTIVE`. The last round must be at share 1 with full spaces. */
  readonly rounds?: readonly Round[];
  /** Accuracy of every class that has samples, with this pair's projection in place. */
  evaluate(pair: AlphaPair, fidelity: Fidelity): Promise<readonly ClassAccuracy[]>;
  /** Told after each pair; `judged` gives what has been judged so far. */
  onJudged?(judged: () => Judged): void;
}

/** Candidates and which of them are worth a look. */
export interface Judged {
  /** Every judged pair with its most exact judgement, by alpha_r, then alpha_f. A race leaves out pairs that can't forget. */
  readonly candidates: readonly Candidate[];
  /** Those that no other one beats in both accuracies (see `paretoFront`). */
  readonly front: readonly Candidate[];
}

export interface SearchResult extends Judged {
  /** The best complete candidate that forgets; none if no candidate does. */
  readonly best?: Candidate;
}

/** Above, the condition of the matrix to factor is beyond float32. */
const LARGEST_ALPHA = 1e5;

/**
 * Finds the pair of alphas with the highest accuracyRetain * (1 - accuracyForget) among those that forget and keep every
 * limit; failing that, among those that forget. If the race's finalists do not do, the others that still might are judged in
 * full too, one after the other: "no candidate forgets" is never said for lack of samples.
 * @throws LetheError `usage` for alphas that are empty or out of range; `cancelled`; what `evaluate` throws.
 */
export async function searchAlphas(options: SearchOptions): Promise<SearchResult> {
  const rounds = options.rounds ?? EXHAUSTIVE;
  const final = rounds.at(-1);
  if (final?.share !== 1 || final.detail !== 'full') throw new RangeError('the last round must be complete');
  const pairs = grid(options.alphaR, options.alphaF);
  const candidates = new Map<AlphaPair, Candidate>();
  let done = 0;
  let total = rounds.reduce((sum, round, index) => sum + fieldSize(round, index, pairs.length), 0);

  const judged = (): Judged => {
    const all = [...candidates.values()].sort((a, b) => a.alphaR - b.alphaR || a.alphaF - b.alphaF);
    return { candidates: all, front: paretoFront(all) };
  };
  const evaluate = async (pair: AlphaPair, { share, detail }: Fidelity) => {
    throwIfAborted(options.signal);
    const classes = await options.evaluate(pair, { share, detail });
    candidates.set(pair, judge(pair, classes, options, share, share === 1 && detail === 'full'));
    done++;
    options.onJudged?.(judged);
    options.onProgress?.({ phase: 'search', done, total, detail: `alpha ${pair.alphaR}, ${pair.alphaF}` });
  };

  // Classes of earlier runs are not in the forget space, so they say nothing about smaller alphas.
  const mayPrune = rounds.length > 1 && !options.earlier?.length;
  for (const [index, round] of rounds.entries()) {
    const field = index === 0 ? pairs : ranked([...candidates.keys()], candidates);
    const best = new Set(field.slice(0, fieldSize(round, index, pairs.length)));
    // In the order of the grid, so that pairs with one alpha_r follow each other and share their work.
    for (const pair of pairs.filter((pair) => best.has(pair))) {
      if (index === 0 && mayPrune && isHopeless(pair, candidates)) total--;
      else await evaluate(pair, round);
    }
  }
  for (let pair = substitute(candidates); pair; pair = substitute(candidates)) {
    total++;
    await evaluate(pair, final);
  }

  const found = judged();
  const [best] = found.candidates.filter((candidate) => candidate.complete && candidate.forgets).sort(byMerit);
  return { ...found, best };
}

/** Whether a larger alpha_f with the same alpha_r was seen not to forget. */
function isHopeless({ alphaR, alphaF }: AlphaPair, candidates: ReadonlyMap<AlphaPair, Candidate>): boolean {
  return [...candidates.values()].some((other) => other.alphaR === alphaR && other.alphaF > alphaF && !other.forgets);
}

/** The first round judges all pairs. */
function fieldSize(round: Round, index: number, pairs: number): number {
  return index === 0 ? pairs : Math.min(pairs, round.keep ?? pairs);
}

/** Judged pairs by merit. */
function ranked(pairs: readonly AlphaPair[], candidates: ReadonlyMap<AlphaPair, Candidate>): AlphaPair[] {
  return [...pairs].sort((a, b) => byMerit(candidates.get(a)!, candidates.get(b)!));
}

/** The next pair worth judging in full, if what was judged in full is not good enough. */
function substitute(candidates: ReadonlyMap<AlphaPair, Candidate>): AlphaPair | undefined {
  const complete = [...candidates.values()].filter((candidate) => candidate.complete);
  if (complete.some(isAdmissible)) return undefined;
  const mayDo = complete.some((candidate) => candidate.forgets)
    ? isAdmissible
    : (candidate: Candidate) => candidate.forgets;
  const open = [...candidates.keys()].filter((pair) => !candidates.get(pair)!.complete && mayDo(candidates.get(pair)!));
  return ranked(open, candidates)[0];
}

/** By alpha_r ascending, then alpha_f descending. */
function grid(alphaR: readonly number[], alphaF: readonly number[]): AlphaPair[] {
  const retain = checked('alpha_r', alphaR);
  const forget = checked('alpha_f', alphaF).reverse();
  return retain.flatMap((r) => forget.map((f) => ({ alphaR: r, alphaF: f })));
}

/** The values in ascending order, each once. */
function checked(name: string, alphas: readonly number[]): number[] {
  const wrong = alphas.find((alpha) => !(alpha >= 0 && alpha <= LARGEST_ALPHA));
  if (wrong !== undefined || alphas.length === 0) {
    throw new LetheError('usage', {
      message: wrong === undefined ? `no ${name} to try` : `${name} = ${wrong} is not between 0 and ${LARGEST_ALPHA}`,
      hint: 'Give numbers such as 10,100,1000.',
    });
  }
  return [...new Set(alphas)].sort((a, b) => a - b);
}
