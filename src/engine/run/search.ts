import type { Candidate, Recipe } from '../../contract/candidates.js';
import { asPart, inStep, type Work } from '../../contract/progress.js';
import { candidateOf } from '../../contract/recipes.js';
import type { CandidateResult, Confusion } from '../../contract/records.js';
import type { UnlearnPart } from '../../contract/run.js';
import type { Classifier } from '../../models/classifier.js';
import { isAdmissible, paretoFront } from '../../unlearn/candidates.js';
import {
  EXHAUSTIVE,
  type Judgements,
  RACE,
  type Round,
  type SearchResult,
  searchCandidates,
} from '../../unlearn/search.js';
import { accuracyOver, measureConfusion, samplesOf } from '../open/accuracy.js';
import { batchSize, type Probe } from '../open/probe.js';
import { beginning, type SampleSet } from '../open/samples.js';
import type { CandidateSource } from './method.js';
import type { Targets } from './targets.js';

/** Multiply-adds from which candidates are raced instead of each being judged on all samples: some ten seconds. */
const RACE_OPERATIONS = 5e11;

/** Every candidate on all samples where that is quick, else a race. Decided by the model's size, so that runs repeat. */
export function roundsFor(costs: Probe, samples: number, candidates: number): readonly Round[] {
  return costs.operations * samples * candidates > RACE_OPERATIONS ? RACE : EXHAUSTIVE;
}

/** About how much of a candidate's time goes into its weights, before it is measured. */
const EDITING = 0.3;

/** Views need not hear of candidates more often. */
const TELL_MS = 200;

/**
 * Makes a model after each recipe, runs it, and picks the best (see `searchCandidates`). Tells the candidates as they are
 * judged: all so far, now and then, and all of them in the end.
 */
export async function search(
  source: CandidateSource,
  recipes: readonly Recipe[],
  rounds: readonly Round[],
  work: Work<UnlearnPart>,
): Promise<SearchResult> {
  let told = performance.now();
  const onJudged = (judged: () => Judgements) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    work.onPart?.({ candidates: candidateResults(judged()) });
  };
  const { targets, samples, costs, session } = source.basis;
  const { classifier } = session;
  const measure = (model: Classifier, set: SampleSet, part: Work) =>
    measureConfusion(model, set, batchSize(costs), part);
  const before =
    targets.protect.length > 0 ? await measure(classifier, samples.judged, inStep('search', work)) : undefined;
  const found = await searchCandidates({
    ...{ recipes, rounds, signal: work.signal, onProgress: work.onProgress, onJudged },
    ...goalsOf(targets, before),
    async evaluate(recipe, { share, detail }, part) {
      const edits = await source.edits(recipe, detail, asPart(part, 0, EDITING));
      const candidate = await classifier.withWeights(edits);
      try {
        return accuracies(await measure(candidate, beginning(samples.judged, share), asPart(part, EDITING, 1)));
      } finally {
        await candidate.dispose();
      }
    },
  });
  work.onPart?.({ candidates: candidateResults(found) });
  return found;
}

/** @param before what the model as it is takes the judged samples for; not needed where no class is protected. */
function goalsOf(targets: Targets, before: Confusion | undefined) {
  return {
    forget: targets.forget.map(({ index, maxAccuracy }) => ({ class: index, maxAccuracy })),
    earlier: targets.earlier.map(({ index, maxAccuracy }) => ({ class: index, maxAccuracy })),
    protect: targets.protect.flatMap(({ index, maxDrop }) => {
      const accuracy = before && accuracyOver(before, [index]);
      return typeof accuracy === 'number' ? [{ class: index, before: accuracy, maxDrop }] : [];
    }),
  };
}

/** Accuracy of every class that has samples. */
function accuracies(confusion: Confusion) {
  return [...confusion.keys()].flatMap((index) => {
    const accuracy = accuracyOver(confusion, [index]);
    return accuracy === null ? [] : [{ class: index, accuracy, samples: samplesOf(confusion, index) }];
  });
}

/** Candidates as they are shown and recorded. */
export function candidateResults({ candidates, front }: Judgements, chosen?: Candidate): CandidateResult[] {
  return candidates.map((judged) => {
    const candidate = candidateOf(judged.recipe);
    return {
      ...candidate,
      retainAccuracy: judged.accuracyRetain,
      forgetAccuracy: judged.accuracyForget,
      score: judged.score,
      samples: judged.samples,
      complete: judged.complete,
      forgets: judged.forgets,
      admissible: isAdmissible(judged),
      pareto: front.includes(judged),
      chosen: candidate.id === chosen?.id,
    };
  });
}

/** The same candidates with one of them judged anew, more exactly. */
export function withJudgement(candidates: readonly CandidateResult[], judged: CandidateResult): CandidateResult[] {
  const replaced = candidates.map((candidate) => (candidate.id === judged.id ? judged : candidate));
  const judgements = replaced.map((candidate) => ({
    candidate,
    accuracyRetain: candidate.retainAccuracy,
    accuracyForget: candidate.forgetAccuracy,
    share: candidate.samples,
    complete: candidate.complete,
  }));
  const front = new Set(paretoFront(judgements).map(({ candidate }) => candidate));
  return replaced.map((candidate) => ({ ...candidate, pareto: front.has(candidate) }));
}
