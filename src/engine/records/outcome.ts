import type { CandidateFacts, LayerChange, RunResult } from '../../contract/records.js';
import type { LayerOutcome, Outcome } from '../../contract/run.js';
import { countsOf } from '../../figures/confusion.js';

/** A recorded run as views show it. */
export function outcomeOf({ confusion, layers, ...same }: RunResult): Outcome {
  return {
    ...same,
    confusionBefore: countsOf(confusion.before),
    confusionAfter: countsOf(confusion.after),
    layers: layers.map(layerOutcome),
  };
}

/** A run's result with another candidate in place of the one that was chosen. */
export function withCandidate(
  result: RunResult,
  { confusionAfter, recoverabilityAfter, ...facts }: CandidateFacts,
): RunResult {
  return {
    ...result,
    ...facts,
    confusion: { before: result.confusion.before, after: confusionAfter },
    recoverability: { before: result.recoverability.before, after: recoverabilityAfter },
    candidates: result.candidates.map((entry) => ({ ...entry, chosen: entry.id === facts.candidate.id })),
  };
}

export function layerOutcome({ spectra, ...layer }: LayerChange): LayerOutcome {
  return { ...layer, spectra: typedSpectra(spectra) };
}

export function typedSpectra({ retain, forget }: LayerChange['spectra']): LayerOutcome['spectra'] {
  return { retain: Float32Array.from(retain), forget: Float32Array.from(forget) };
}
