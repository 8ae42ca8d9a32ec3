import { candidateOf, projectionRecipe } from '../../../src/contract/recipes.js';
import type { LayerOutcome, StudioRun } from '../../../src/contract/run.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import { shownRun } from './recorded.js';
import { states } from './snapshots.js';

/** The candidate that the layers below are of. */
const candidate = candidateOf(projectionRecipe(300, 100));

/** Layers whose dimensions follow from their spectra, narrow and wide ones. The third loses most. */
export const spectralLayers: readonly LayerOutcome[] = [
  layerOf({ name: 'stem.conv', kind: 'conv', in: 9, out: 32, groups: 1 }, 0.3, 0.6, 0.21, 0.021),
  layerOf({ name: 'block1.depthwise', kind: 'depthwise', in: 9, out: 32, groups: 32 }, 0.5, 0.9, 3.4, 0.034),
  layerOf({ name: 'block4.conv', kind: 'conv', in: 4608, out: 512, groups: 1 }, 0.09, 0.5, 0.86, 0.118),
  layerOf({ name: 'logits', kind: 'dense', in: 576, out: 10, groups: 1 }, 0.16, 0.8, 0.047, 0.072),
];

/** The example run with that candidate and those layers. */
export const spectralRun: StudioRun = {
  ...shownRun,
  saved: candidate,
  outcome: { ...shownRun.outcome, candidate, layers: spectralLayers },
};

export const spectralSnapshot: StudioSnapshot = { ...states.done, shown: spectralRun };

/** @param retain @param forget how fast the spectra fall. */
function layerOf(
  facts: Pick<LayerOutcome, 'name' | 'kind' | 'in' | 'out' | 'groups'>,
  retain: number,
  forget: number,
  removedDimension: number,
  weightChange: number,
): LayerOutcome {
  const spectra = { retain: falling(facts.in, retain), forget: falling(facts.in, forget) };
  return {
    ...facts,
    retainDimension: facts.groups * dimension(spectra.retain, candidate.recipe.alphaR),
    forgetDimension: facts.groups * dimension(spectra.forget, candidate.recipe.alphaF),
    removedDimension,
    weightChange,
    spectra: {
      retain: Float32Array.from(spectra.retain.slice(0, 64)),
      forget: Float32Array.from(spectra.forget.slice(0, 64)),
    },
  };
}

function falling(size: number, rate: number): number[] {
  const values = Array.from({ length: size }, (_, at) => Math.exp(-rate * at) + 1e-5 / (at + 1));
  const sum = values.reduce((a, b) => a + b);
  return values.map((value) => value / sum);
}

/** Written out in another form than the view's. */
function dimension(values: readonly number[], alpha: number): number {
  return values.reduce((sum, s) => sum + 1 / (1 + (1 / s - 1) / alpha), 0);
}
