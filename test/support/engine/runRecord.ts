import {
  type CandidateFacts,
  candidateRecord,
  type EvaluationRecord,
  evaluationRecord,
  type RunRecord,
  runRecord,
} from '../../../src/contract/records.js';
import { goldenText, olderText } from './goldenRecords.js';

/** The record of a run as the engine wrote it, for tests of what reads records: it made a network for Fashion-MNIST forget Shirt. */
export function exampleRecord(): RunRecord {
  return runRecord.parse(JSON.parse(goldenText('shirt')));
}

/** Of a later run on the same model: it forgot Bag by the projection, with fewer samples and in the last layers only, and so still knows Shirt. */
export function secondRecord(): RunRecord {
  return runRecord.parse(JSON.parse(goldenText('bag')));
}

/** Another candidate of the first run that somebody has looked at. */
export function otherFacts(): CandidateFacts {
  const { version: _, run: __, ...facts } = candidateRecord.parse(JSON.parse(goldenText('otherCandidate')));
  return facts;
}

/** The accuracies of the model that both runs began with. */
export function exampleEvaluation(): EvaluationRecord {
  return evaluationRecord.parse(JSON.parse(goldenText('evaluation')));
}

/**
 * The record of an older version, as it is read today: of the projection alone, which tried 20 pairs of alphas, and judged them
 * by their accuracies.
 */
export function olderRecord(): RunRecord {
  return runRecord.parse(JSON.parse(olderText('run')));
}

/** A candidate of that run which does not forget Shirt as well as it must. */
export function olderFacts(): CandidateFacts {
  const { version: _, run: __, ...facts } = candidateRecord.parse(JSON.parse(olderText('candidate')));
  return facts;
}
