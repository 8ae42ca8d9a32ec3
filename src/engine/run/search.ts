import type { Work } from '../../base/work.js';
import type { CandidateResult, Confusion } from '../../contract/records.js';
import type { UnlearnPart } from '../../contract/run.js';
import type { Classifier } from '../../models/classifier.js';
import { isSamePair } from '../../project/alphaPair.js';
import { isAdmissible, paretoFront } from '../../unlearn/candidates.js';
import type { AlphaPair, Projections } from '../../unlearn/projection.js';
import { EXHAUSTIVE, type Judged, RACE, type Round, type SearchResult, searchAlphas } from '../../unlearn/search.js';
import { accuracyOver, measureConfusion, samplesOf } from '../open/accuracy.js';
import { RACE_OPERATIONS } from '../open/limits.js';
import { batchSize, type Probe } from '../open/probe.js';
import { beginning, type SampleSet } from '../open/samples.js';
import type { Targets } from './targets.js';

export interface SearchRequest {
  readonly classifier: Classifier;
  readonly projections: Projections;
  /** All samples to judge with, mixed. */
  readonly judged: SampleSet;
  readonly costs: Probe;
  readonly targets: Targets;
  readonly alphaR: readonly number[];
  readonly alphaF: readonly number[];
  readonly rounds: readonly Round[];
}

/** Every candidate on all samples where that is quick, else a race. Decided by the model's size, so that runs repeat. */
export function roundsFor(costs: Probe, samples: number, pairs: number): readonly Round[] {
  return costs.operations * samples * pairs > RACE_OPERATIONS ? RACE : EXHAUSTIVE;
}

/** Views need not hear of candidates more often. */
const TELL_MS = 200;

/**
 * Builds a candidate model for each pair of alphas, runs it, and picks the best (see `searchAlphas`). Tells the candidates as
 * they are judged: all so far, now and then, and all of them in the end.
 */
export async function searchCandidates(request: SearchRequest, work: Work<UnlearnPart>): Promise<SearchResult> {
  let told = performance.now();
  const onJudged = (judged: () => Judged) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    work.onPart?.({ candidates: candidateResults(judged()) });
  };
  const found = await search(request, onJudged, work);
  work.onPart?.({ candidates: candidateResults(found) });
  return found;
}

async function search(
  request: SearchRequest,
  onJudged: (judged: () => Judged) => void,
  work: Work,
): Promise<SearchResult> {
  const { classifier, projections, judged, costs, targets } = request;
  const measure = (candidate: Classifier, samples: SampleSet) =>
    measureConfusion(candidate, samples, batchSize(costs), { signal: work.signal });
  const before = targets.protect.length > 0 ? await measure(classifier, judged) : undefined;
  return searchAlphas({
    alphaR: request.alphaR,
    alphaF: request.alphaF,
    rounds: request.rounds,
    ...{ signal: work.signal, onProgress: work.onProgress, onJudged },
    forget: targets.forget.map(({ index, maxAccuracy }) => ({ class: index, maxAccuracy })),
    earlier: targets.earlier.map(({ index, maxAccuracy }) => ({ class: index, maxAccuracy })),
    protect: targets.protect.flatMap(({ index, maxDrop }) => {
      const accuracy = before && accuracyOver(before, [index]);
      return typeof accuracy === 'number' ? [{ class: index, before: accuracy, maxDrop }] : [];
    }),
    async evaluate(pair, { share, detail }) {
      const edits = await projections.edits(pair, detail, { signal: work.signal });
      const candidate = await classifier.withWeights(edits);
      try {
        return accuracies(await measure(candidate, beginning(judged, share)));
      } finally {
        await candidate.dispose();
      }
    },
  });
}

/** Accuracy of every class that has samples. */
function accuracies(confusion: Confusion) {
  return [...confusion.keys()].flatMap((index) => {
    const accuracy = accuracyOver(confusion, [index]);
    return accuracy === null ? [] : [{ class: index, accuracy, samples: samplesOf(confusion, index) }];
  });
}

/** Candidates as they are shown and recorded. */
export function candidateResults({ candidates, front }: Judged, chosen?: AlphaPair): CandidateResult[] {
  return candidates.map((candidate) => ({
    alphaR: candidate.alphaR,
    alphaF: candidate.alphaF,
    retainAccuracy: candidate.accuracyRetain,
    forgetAccuracy: candidate.accuracyForget,
    score: candidate.score,
    samples: candidate.samples,
    complete: candidate.complete,
    forgets: candidate.forgets,
    admissible: isAdmissible(candidate),
    pareto: front.includes(candidate),
    chosen: isSamePair(candidate, chosen),
  }));
}

/** The same candidates with one of them judged anew, more exactly. */
export function withJudgement(candidates: readonly CandidateResult[], judged: CandidateResult): CandidateResult[] {
  const replaced = candidates.map((candidate) => (isSamePair(candidate, judged) ? judged : candidate));
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
