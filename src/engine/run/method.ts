import type { Recipe } from '../../contract/candidates.js';
import type { Work } from '../../contract/progress.js';
import type { LayerChange } from '../../contract/records.js';
import type { RunSettings } from '../../contract/settings.js';
import type { WeightEdits } from '../../linalg/weightEdits.js';
import type { Detail } from '../../unlearn/collect.js';
import type { Spectra } from '../../unlearn/projection.js';
import type { RunBasis } from './basis.js';

/** A way to make models forget: from the settled basis of a run to candidates. */
export interface Method {
  /** What a run with these settings tries, in the order in which it is best tried. @throws LetheError `usage` for settings out of range. */
  recipes(settings: RunSettings): readonly Recipe[];
  /**
   * Does what all candidates share.
   * @param sketches whether candidates will also be asked for as sketches, which are quicker to make.
   * @throws LetheError for what is wrong with the model or the data; `out-of-memory`, `disk-full`, `cancelled`.
   */
  prepare(basis: RunBasis, sketches: boolean, work: Work): Promise<CandidateSource>;
}

/** What a method has found out for a run, from which every candidate follows. Dispose of it when done. */
export interface CandidateSource {
  readonly basis: RunBasis;
  /** Of the forward passes, and of all else. */
  readonly seconds: { readonly forward: number; readonly spaces: number };
  /** The leading spectra of each layer's spaces, by its id. */
  spectra(work: Work): Promise<ReadonlyMap<string, Spectra>>;
  /** What a candidate changes. */
  edits(recipe: Recipe, detail: Detail, work: Work): Promise<WeightEdits>;
  /** What a candidate does to each layer that is edited, in their order. */
  layers(recipe: Recipe, work: Work): Promise<LayerChange[]>;
  dispose(): Promise<void>;
}
