import { stopwatch } from '../../base/stopwatch.js';
import type { Work } from '../../contract/progress.js';
import { collectSpaces } from '../../unlearn/collect.js';
import { alphaGrid } from '../../unlearn/grid.js';
import { Projections } from '../../unlearn/projection.js';
import { Activations } from './activations.js';
import type { RunBasis } from './basis.js';
import type { CandidateSource, Method } from './method.js';
import { layerChanges } from './results.js';

/** Vectors in the sketch of a space that a race starts with. */
export const SKETCH_VECTORS = 500;

/** The paper's method (Kodge, Saha, Roy, TMLR 2024): weights are projected away from what only the forget space holds. */
export const projection: Method = {
  recipes: ({ alphaR, alphaF }) => alphaGrid(alphaR, alphaF),
  prepare: findSpaces,
};

/** Runs the samples and collects the spaces of all layers to edit. @throws LetheError as `collectSpaces`. */
async function findSpaces(basis: RunBasis, sketches: boolean, work: Work): Promise<CandidateSource> {
  const { classifier } = basis.session;
  const { settings, layers, samples, costs } = basis;
  const clock = stopwatch();
  const { maxPatches, seed, memory } = settings;
  const stream = new Activations(classifier, samples, costs, { maxPatches, seed, onProgress: work.onProgress });
  const spaces = await collectSpaces(stream, layers, {
    ...work,
    memory,
    sketch: sketches ? SKETCH_VECTORS : undefined,
  });
  const projections = new Projections(spaces, (id) => classifier.readWeight(id));
  return {
    basis,
    seconds: { forward: stream.seconds, spaces: clock() - stream.seconds },
    spectra: (more) => projections.spectra(more),
    edits: (recipe, detail, more) => projections.edits(recipe, detail, more),
    layers: async (recipe, more) => layerChanges(layers, await projections.facts(recipe, more)),
    dispose: () => spaces.dispose(),
  };
}
