import type { MethodName, Recipe } from '../../contract/candidates.js';
import type { Work } from '../../contract/progress.js';
import type { LayerChange } from '../../contract/records.js';
import type { RunSettings } from '../../contract/settings.js';
import type { WeightEdits } from '../../linalg/weightEdits.js';
import type { Spectra } from '../../unlearn/projection.js';
import type { Strategy } from '../../unlearn/strategies.js';
import type { RunBasis } from './basis.js';
import type { FittedSamples } from './samples.js';

/** A way to make models forget: from the settled basis of a run to candidates. */
export interface Method {
  /** Which candidates a run with these settings tries. @throws LetheError `usage` for settings out of range. */
  strategy(settings: RunSettings): Strategy;
  /** About how much of a candidate's time goes into its weights, before it is judged (0..1). */
  readonly editing: number;
  /**
   * Does what all candidates share that are made from some samples.
   * @throws LetheError for what is wrong with the model or the data; `out-of-memory`, `disk-full`, `cancelled`.
   */
  prepare(basis: RunBasis, fitted: FittedSamples, work: Work): Promise<CandidateSource>;
}

/** Every method, by the name that recipes give it. */
export type Methods = { readonly [Name in MethodName]: Method };

/** What a method has found out for a run, from which every candidate follows. Dispose of it when done. */
export interface CandidateSource {
  readonly basis: RunBasis;
  /** Of the forward passes, and of all else. */
  readonly seconds: { readonly forward: number; readonly spaces: number };
  /** The leading spectra of each layer's spaces, by its id. */
  spectra(work: Work): Promise<ReadonlyMap<string, Spectra>>;
  /** What a candidate changes. */
  edits(recipe: Recipe, work: Work): Promise<WeightEdits>;
  /** What a candidate does to each layer that is edited, in their order. */
  layers(recipe: Recipe, work: Work): Promise<LayerChange[]>;
  dispose(): Promise<void>;
}
