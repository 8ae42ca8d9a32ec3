import type { Candidate } from '../../contract/candidates.js';
import { asPart, inStep, type Work } from '../../contract/progress.js';
import { candidateOf } from '../../contract/recipes.js';
import type { CandidateResult } from '../../contract/records.js';
import type { UnlearnPart } from '../../contract/run.js';
import { type Evaluation, isAdmissible, type Judged, paretoFront } from '../../unlearn/candidates.js';
import { pooledEvaluation } from '../../unlearn/folds.js';
import { type Judgements, type SearchResult, searchCandidates } from '../../unlearn/search.js';
import type { Strategy } from '../../unlearn/strategies.js';
import type { RunBasis } from './basis.js';
import { evaluateOn } from './judging.js';
import { METHODS } from './methods.js';
import type { Sources } from './sources.js';
import type { Targets } from './targets.js';

/** Views need not hear of candidates more often. */
const TELL_MS = 200;

export interface Searched extends SearchResult {
  /** The model as it is, on the samples that candidates are judged on. */
  readonly before: Evaluation;
}

/**
 * Makes the models that a strategy asks for, runs each on the samples that were held out from it, and picks the best (see
 * `searchCandidates`). Tells the candidates as they are judged: all so far, now and then, and all of them in the end.
 */
export async function search(
  basis: RunBasis,
  strategy: Strategy,
  sources: Sources,
  work: Work<UnlearnPart>,
): Promise<Searched> {
  let told = performance.now();
  const onJudged = (judged: () => Judgements) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    work.onPart?.({ candidates: candidateResults(judged()) });
  };
  const { targets, samples, session, settings } = basis;
  const { folds } = samples;
  const { editing } = METHODS[settings.method];
  const before = await evaluateBefore(basis, work);
  work.onPart?.({ recoverability: { before: before.recoverability, after: null } });
  const found = await searchCandidates({
    ...{ strategy, folds: folds.length, signal: work.signal, onProgress: work.onProgress, onJudged },
    ...{ tolerance: settings.tolerance, depth: settings.depth },
    ...goalsOf(targets, before),
    async evaluate(recipe, fold, part) {
      const { fitted, judged } = folds[fold];
      const source = await sources.of(fitted, part);
      const edits = await source.edits(recipe, asPart(part, 0, editing));
      const candidate = await session.classifier.withWeights(edits);
      try {
        return await evaluateOn(basis, candidate, judged, asPart(part, editing, 1));
      } finally {
        await candidate.dispose();
      }
    },
  });
  work.onPart?.({ candidates: candidateResults(found) });
  return { ...found, before };
}

async function evaluateBefore(basis: RunBasis, work: Work): Promise<Evaluation> {
  const { folds } = basis.samples;
  const parts: Evaluation[] = [];
  for (const [at, { judged }] of folds.entries()) {
    const part = asPart(inStep('search', work), at / folds.length, (at + 1) / folds.length);
    parts.push(await evaluateOn(basis, basis.session.classifier, judged, part));
  }
  return pooledEvaluation(parts);
}

/** @param before how the model as it is does on the samples that candidates are judged on. */
function goalsOf(targets: Targets, before: Evaluation) {
  return {
    forget: targets.forget.map(({ index, maxAccuracy }) => ({ class: index, maxAccuracy })),
    earlier: targets.earlier.map(({ index, maxAccuracy }) => ({ class: index, maxAccuracy })),
    protect: targets.protect.flatMap(({ index, maxDrop }) => {
      const known = before.classes.find((entry) => entry.class === index);
      return known ? [{ class: index, before: known.accuracy, maxDrop }] : [];
    }),
  };
}

/** Candidates as they are shown and recorded. */
export function candidateResults({ candidates, front }: Judgements, chosen?: Candidate): CandidateResult[] {
  return candidates.map((judged) => {
    const candidate = candidateOf(judged.recipe);
    return {
      ...candidate,
      ...kept(judged),
      admissible: isAdmissible(judged),
      pareto: front.includes(judged),
      chosen: candidate.id === chosen?.id,
    };
  });
}

function kept({ retainAccuracy, forgetAccuracy, score, recoverability, samples, complete, forgets }: Judged) {
  return { retainAccuracy, forgetAccuracy, score, recoverability, samples, complete, forgets };
}

/** The same candidates with one of them judged anew, more exactly. */
export function withJudgement(candidates: readonly CandidateResult[], judged: CandidateResult): CandidateResult[] {
  const replaced = candidates.map((candidate) => (candidate.id === judged.id ? judged : candidate));
  const front = new Set(paretoFront(replaced));
  return replaced.map((candidate) => ({ ...candidate, pareto: front.has(candidate) }));
}
