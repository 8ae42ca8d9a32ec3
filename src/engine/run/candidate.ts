import type { Work } from '../../base/work.js';
import type { Confusion, LayerChange } from '../../contract/records.js';
import type { AlphaPair } from '../../contract/terms.js';
import type { WeightEdits } from '../../linalg/weightEdits.js';
import type { Classifier } from '../../models/classifier.js';
import type { CandidateFacts } from '../../project/candidateStore.js';
import { measureConfusion } from '../open/accuracy.js';
import { batchSize } from '../open/probe.js';
import type { RunBasis } from './basis.js';
import { findingsOf } from './policy.js';
import { accuraciesOf, changesOf, layerChanges } from './results.js';
import type { FoundSpaces } from './spaces.js';
import { indicesOf } from './targets.js';

/** What is known of a candidate once it was measured. */
export type MeasuredCandidate = Omit<CandidateFacts, 'layers'>;

/** The model that a pair of alphas makes, and how it differs. Dispose of the classifier when done. */
export async function makeCandidate(
  { basis, projections }: FoundSpaces,
  pair: AlphaPair,
  work: Work,
): Promise<{ readonly edits: WeightEdits; readonly classifier: Classifier }> {
  const edits = await projections.edits(pair, 'full', { signal: work.signal });
  return { edits, classifier: await basis.session.classifier.withWeights(edits) };
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
  { alphaR, alphaF }: AlphaPair,
  classifier: Classifier,
  work: Work,
): Promise<MeasuredCandidate> {
  const { session, targets, before } = basis;
  const after = await measureModel(basis, classifier, work);
  const perClass = changesOf(session.classes, targets, before, after);
  return {
    ...{ alphaR, alphaF, perClass },
    after: accuraciesOf(after, rolesOf(basis)),
    confusionAfter: after,
    policy: findingsOf(targets, perClass),
  };
}

/** What a pair of alphas does to each layer. */
export async function describeLayers(
  { basis, projections }: FoundSpaces,
  pair: AlphaPair,
  work: Work,
): Promise<LayerChange[]> {
  return layerChanges(basis.layers, await projections.facts(pair, work));
}

/** The classes of a run by what it does with them. */
export function rolesOf({ targets }: Pick<RunBasis, 'targets'>) {
  return { retain: targets.retain, forget: indicesOf(targets.forget), earlier: indicesOf(targets.earlier) };
}
