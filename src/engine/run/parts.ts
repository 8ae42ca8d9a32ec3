import type { CandidateResult, LayerChange } from '../../contract/records.js';
import type { UnlearnPart } from '../../contract/run.js';
import { countsOf } from '../../figures/confusion.js';
import type { Layer } from '../../models/classifier.js';
import { layerFacts } from '../../models/layerFacts.js';
import type { Spectra } from '../../unlearn/projection.js';
import { layerOutcome, typedSpectra } from '../records/outcome.js';
import type { RunBasis } from './basis.js';
import { type MeasuredCandidate, rolesOf } from './candidate.js';
import { skippedLayers } from './prepare.js';
import { accuraciesOf, changesOf } from './results.js';

/** What is known of a run once the model as it is was measured. */
export function beforePart(basis: RunBasis, notes: readonly string[]): UnlearnPart {
  const { session, targets, pools, before } = basis;
  const roles = rolesOf(basis);
  return {
    forget: roles.forget.map((index) => session.classes[index]),
    earlier: roles.earlier.map((index) => session.classes[index]),
    measuredOn: pools.measuredOn,
    before: accuraciesOf(before, roles),
    perClass: changesOf(session.classes, targets, before, null),
    confusionBefore: countsOf(before),
    skipped: skippedLayers(basis),
    notes,
  };
}

/** What is known of the layers once their spaces are found. */
export function spacesPart(layers: readonly Layer[], spectra: ReadonlyMap<string, Spectra>): UnlearnPart {
  const unknown = { retainDimension: null, forgetDimension: null, removedDimension: null, weightChange: null };
  return {
    layers: layers.map((layer) => ({
      ...layerFacts(layer),
      ...unknown,
      spectra: typedSpectra(spectra.get(layer.id)!),
    })),
  };
}

/** What is known of a run once the candidate that won was measured. */
export function measuredPart(measured: MeasuredCandidate, candidates: readonly CandidateResult[]): UnlearnPart {
  const { candidate, after, perClass, policy, confusionAfter } = measured;
  return { candidates, candidate, after, perClass, policy, confusionAfter: countsOf(confusionAfter) };
}

export function layersPart(layers: readonly LayerChange[]): UnlearnPart {
  return { layers: layers.map(layerOutcome) };
}
