import type { LayerChange, RunRecord } from '../../contract/records.js';
import type { LayerOutcome, Outcome } from '../../contract/run.js';
import { countsOf } from '../../figures/confusion.js';
import { isSamePair } from '../../project/alphaPair.js';
import type { CandidateFacts } from '../../project/candidateStore.js';

/** A recorded run as views show it. */
export function outcomeOf({ alphaR, alphaF, confusion, layers, ...same }: RunRecord['result']): Outcome {
  return {
    ...same,
    pair: { alphaR, alphaF },
    confusionBefore: countsOf(confusion.before),
    confusionAfter: countsOf(confusion.after),
    layers: layers.map(layerOutcome),
  };
}

/** A run's result with another candidate in place of the one that was chosen. */
export function withCandidate(result: RunRecord['result'], facts: CandidateFacts): RunRecord['result'] {
  const { confusionAfter, ...rest } = facts;
  return {
    ...result,
    ...rest,
    confusion: { before: result.confusion.before, after: confusionAfter },
    candidates: result.candidates.map((candidate) => ({
      ...candidate,
      chosen: isSamePair(candidate, facts),
    })),
  };
}

export function layerOutcome({ spectra, ...layer }: LayerChange): LayerOutcome {
  return { ...layer, spectra: typedSpectra(spectra) };
}

export function typedSpectra({ retain, forget }: LayerChange['spectra']): LayerOutcome['spectra'] {
  return { retain: Float32Array.from(retain), forget: Float32Array.from(forget) };
}
