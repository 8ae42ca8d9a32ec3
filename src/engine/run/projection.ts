import { stopwatch } from '../../base/stopwatch.js';
import type { Work } from '../../contract/progress.js';
import { collectSpaces } from '../../unlearn/collect.js';
import { alphaGrid } from '../../unlearn/grid.js';
import { Projections } from '../../unlearn/projection.js';
import { leastForgetting, listed } from '../../unlearn/strategies.js';
import { Activations } from './activations.js';
import type { RunBasis } from './basis.js';
import type { CandidateSource, Method } from './method.js';
import { layerChanges } from './results.js';
import type { FittedSamples } from './samples.js';

/** Weights that are tried where only those of the other space are given: those of Kodge et al. (TMLR 2024, section 5). */
const LISTED = { alphaR: [10, 30, 100, 300, 1000], alphaF: [1, 3, 10, 30, 100] };

/** Where the search looks: alpha_r in steps, which it refines, and alpha_f in steps of half the size. */
const SEARCHED = { alphaR: [10, 30, 100, 300], alphaF: [1, 1.7, 3, 5.5, 10, 17, 30, 55, 100] };

/** The paper's method (Kodge, Saha, Roy, TMLR 2024): weights are projected away from what only the forget space holds. */
export const projection: Method = {
  strategy: ({ alphaR, alphaF }) =>
    alphaR || alphaF
      ? listed(alphaGrid('projection', alphaR ?? LISTED.alphaR, alphaF ?? LISTED.alphaF))
      : leastForgetting('projection', SEARCHED.alphaR, SEARCHED.alphaF),
  editing: 0.3,
  prepare: findSpaces,
};

/** Runs the samples and collects the spaces of all layers to edit. @throws LetheError as `collectSpaces`. */
async function findSpaces(basis: RunBasis, fitted: FittedSamples, work: Work): Promise<CandidateSource> {
  const { classifier } = basis.session;
  const { settings, layers, costs } = basis;
  const clock = stopwatch();
  const { maxPatches, seed, memory } = settings;
  const stream = new Activations(classifier, fitted, costs, { maxPatches, seed, onProgress: work.onProgress });
  const spaces = await collectSpaces(stream, layers, { ...work, memory });
  const projections = new Projections(spaces, (id) => classifier.readWeight(id));
  return {
    basis,
    seconds: { forward: stream.seconds, spaces: clock() - stream.seconds },
    spectra: (more) => projections.spectra(more),
    edits: (recipe, more) => projections.edits(recipe, more),
    layers: async (recipe, more) => layerChanges(layers, await projections.facts(recipe, more)),
    dispose: () => spaces.dispose(),
  };
}
