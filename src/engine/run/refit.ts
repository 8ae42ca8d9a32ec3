import { ArrayStore } from '../../base/arrayStore.js';
import { stopwatch } from '../../base/stopwatch.js';
import type { Work } from '../../contract/progress.js';
import { refitRecipe } from '../../contract/recipes.js';
import type { LayerChange } from '../../contract/records.js';
import type { RunSettings } from '../../contract/settings.js';
import { collectSpaces, type SpaceSet } from '../../unlearn/collect.js';
import { alphaGrid } from '../../unlearn/grid.js';
import { Projections, relativeChange } from '../../unlearn/projection.js';
import { deepest, listed } from '../../unlearn/strategies.js';
import { Activations } from './activations.js';
import type { RunBasis } from './basis.js';
import { passStep, planPass, type SideSamples } from './editingPass.js';
import { Fits } from './fits.js';
import { REFIT_SHARES } from './memoryShares.js';
import type { CandidateSource, Method } from './method.js';
import { layerChanges } from './results.js';
import type { FittedSamples } from './samples.js';
import { WantedOutputs } from './wantedOutputs.js';
import { writersOf } from './writers.js';

/** Weight of the forget space where no other is given: with the fit behind it, alpha_r alone decides how deep a candidate goes. */
const ALPHA_F = 10;

/** From what keeps most to what forgets most deeply, in steps of half a decade's half. */
const PATH = [300, 170, 100, 55, 30, 17, 10, 5.5, 3, 1.7, 1];
/** The search begins at 100: nothing that keeps more was ever seen to keep noticeably more. */
const START = 2;

/** The paper's projection, and then each layer fitted again so that kept samples get the outputs that they had. */
export const refit: Method = { strategy: strategyFor, editing: 0.8, prepare };

function strategyFor({ alphaR, alphaF, depth, tolerance }: RunSettings) {
  if (alphaR || alphaF) return listed(alphaGrid('refit', alphaR ?? PATH, alphaF ?? [ALPHA_F]));
  const path = PATH.map((alpha) => refitRecipe(alpha, ALPHA_F));
  return depth === null ? deepest(path, START, tolerance) : listed(path.filter((_, at) => at % 2 === 0));
}

async function prepare(basis: RunBasis, fitted: FittedSamples, work: Work): Promise<CandidateSource> {
  const { classifier } = basis.session;
  const { settings, layers, costs } = basis;
  const clock = stopwatch();
  const { maxPatches, seed, memory } = settings;
  const samples = sidesOf(fitted);
  const step = passStep(basis);
  const stream = new Activations(classifier, samples, costs, { maxPatches, seed, step, onProgress: work.onProgress });
  const wanted = new WantedOutputs(basis, REFIT_SHARES.outputs * memory);
  const edits = new ArrayStore(REFIT_SHARES.edits * memory);
  let spaces: SpaceSet | undefined;
  const dispose = async () => {
    for (const one of [spaces, wanted, edits]) await one?.dispose();
  };
  try {
    const share = REFIT_SHARES.spaces;
    spaces = await collectSpaces(wanted.passing(stream), layers, { ...work, memory: share * memory, share });
    const projections = new Projections(spaces, (id) => classifier.readWeight(id));
    const { stages } = await planPass({ classifier, layers, costs }, samples.retain, work);
    const writers = await writersOf(basis, { stages, last: wanted.last, samples: samples.retain }, work);
    const fits = new Fits({ basis, samples, projections, stages, writers, wanted, edits });
    return {
      basis,
      seconds: { forward: stream.seconds, spaces: clock() - stream.seconds },
      spectra: (more) => projections.spectra(more),
      edits: (recipe, more) => fits.edits(recipe, more),
      async layers(recipe, more) {
        const made = await fits.edits(recipe, more);
        const changes: LayerChange[] = [];
        for (const [at, change] of layerChanges(layers, await projections.facts(recipe, more)).entries()) {
          const original = await classifier.readWeight(layers[at].id);
          const edited = made.get(layers[at].id)?.weight ?? original;
          changes.push({ ...change, weightChange: relativeChange(original, edited) });
        }
        return changes;
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** What was forgotten earlier is to be forgotten still, so its samples join those to forget. */
function sidesOf({ retain, forget, earlier }: FittedSamples): SideSamples {
  return { retain, forget: { ...forget, indices: [...forget.indices, ...earlier.indices] } };
}
