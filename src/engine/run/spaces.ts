import { stopwatch } from '../../base/stopwatch.js';
import type { Work } from '../../contract/progress.js';
import { collectSpaces, type SpaceSet } from '../../unlearn/collect.js';
import { Projections } from '../../unlearn/projection.js';
import { Activations } from './activations.js';
import type { RunBasis } from './basis.js';

/** A run and the spaces that were found for it, from which the weights of any candidate follow. */
export interface FoundSpaces {
  readonly basis: RunBasis;
  readonly spaces: SpaceSet;
  readonly projections: Projections;
  /** Of the forward passes, and of all else. */
  readonly seconds: { readonly forward: number; readonly spaces: number };
}

/**
 * Runs the samples and collects the spaces of all layers to edit. Call `spaces.dispose` when done.
 * @param sketch vectors of the sketches that a race begins with; none by default.
 * @throws LetheError as `collectSpaces`.
 */
export async function findSpaces(basis: RunBasis, sketch: number | undefined, work: Work): Promise<FoundSpaces> {
  const { classifier } = basis.session;
  const { settings, layers, samples, costs } = basis;
  const clock = stopwatch();
  const stream = new Activations(classifier, samples, costs, { ...settings, onProgress: work.onProgress });
  const spaces = await collectSpaces(stream, layers, { memory: settings.memory, sketch, signal: work.signal });
  return {
    basis,
    spaces,
    projections: new Projections(spaces, (id) => classifier.readWeight(id)),
    seconds: { forward: stream.seconds, spaces: clock() - stream.seconds },
  };
}
