import type { Recipe } from '../../contract/candidates.js';
import { inStep, type Work } from '../../contract/progress.js';
import { candidateOf } from '../../contract/recipes.js';
import type { CandidateFacts, Confusion } from '../../contract/records.js';
import type { Classifier } from '../../models/classifier.js';
import { measureConfusion } from '../open/accuracy.js';
import { batchSize } from '../open/probe.js';
import type { RunBasis } from './basis.js';
import type { CandidateSource } from './method.js';
import { findingsOf } from './policy.js';
import { accuraciesOf, changesOf } from './results.js';
import { indicesOf } from './targets.js';

/** What is known of a candidate once it was measured. */
export type MeasuredCandidate = Omit<CandidateFacts, 'layers' | 'recoverabilityAfter'>;

/** The model that is made after a recipe. Dispose of it when done. */
export async function makeCandidate(source: CandidateSource, recipe: Recipe, work: Work): Promise<Classifier> {
  return source.basis.session.classifier.withWeights(await source.edits(recipe, work));
}

/** What a model, the one as it is or a candidate, takes the samples for that the run measures with. */
export function measureModel(
  { pools, costs }: Pick<RunBasis, 'pools' | 'costs'>,
  model: Classifier,
  work: Work,
): Promise<Confusion> {
  return measureConfusion(model, pools.measured, batchSize(costs), work);
}

/** Measures a candidate and holds it against the policy. */
export async function measureCandidate(
  basis: RunBasis,
  recipe: Recipe,
  classifier: Classifier,
  work: Work,
): Promise<MeasuredCandidate> {
  const { session, targets, before } = basis;
  const after = await measureModel(basis, classifier, inStep('check', work));
  const perClass = changesOf(session.classes, targets, before, after);
  return {
    candidate: candidateOf(recipe),
    perClass,
    after: accuraciesOf(after, rolesOf(basis)),
    confusionAfter: after,
    policy: findingsOf(targets, perClass),
  };
}

/** The classes of a run by what it does with them. */
export function rolesOf({ targets }: Pick<RunBasis, 'targets'>) {
  return { retain: targets.retain, forget: indicesOf(targets.forget), earlier: indicesOf(targets.earlier) };
}
