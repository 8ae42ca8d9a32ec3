import type { AlphaPair, SampleRef } from '../../../src/contract/terms.js';
import type { SettingsText } from './settingsFields.js';

/** What belongs to the view alone, and must be the same when it is shown again. Everything else is the host's. */
export interface ViewState {
  readonly filter: string;
  readonly settings: SettingsText;
  /** Sections that were opened or folded by hand. */
  readonly open: Readonly<Record<string, boolean>>;
  /** Pixels that the page and the list of classes are scrolled by. */
  readonly scroll: number;
  readonly listScroll: number;
  readonly tab: string;
  /** The sample whose saliency is shown; null takes the first of a forgotten class. */
  readonly sample: SampleRef | null;
  /** Whether the logit of the sample's own class is explained, or of the class that the sample is taken for. */
  readonly explains: 'own' | 'predicted';
  /** The samples that span the plane of the decision boundary; null lets the engine choose. */
  readonly anchors: readonly SampleRef[] | null;
  /** The layer whose spectra are shown, by name; null takes the one that lost most. */
  readonly layer: string | null;
  /** Alphas that were set by hand in Layers, in place of those that the run had then. */
  readonly whatIf: { readonly instead: AlphaPair; readonly of: AlphaPair | null } | null;
  /** Whether a report is to hold pictures of forgotten classes. */
  readonly forgottenPictures: boolean;
  /** The forgotten class whose samples are followed, by index (null: all of them), and what the table of classes is filtered by. */
  readonly overview: { readonly from: number | null; readonly filter: string };
  readonly confusion: {
    readonly unit: 'count' | 'percent';
    /** Both matrices, or how the second differs from the first. */
    readonly shows: 'both' | 'change';
    readonly filter: string;
  };
}

const FRESH: ViewState = {
  filter: '',
  settings: {},
  open: {},
  scroll: 0,
  listScroll: 0,
  tab: 'overview',
  sample: null,
  explains: 'own',
  anchors: null,
  layer: null,
  whatIf: null,
  forgottenPictures: false,
  overview: { from: null, filter: '' },
  confusion: { unit: 'percent', shows: 'both', filter: '' },
};

/** A stored state, whatever of it is there: another version may have written it. What is not of the kind that it must be is fresh. */
export function restore(stored: unknown): ViewState {
  return filled(FRESH, stored) as ViewState;
}

/** Values that may be of several kinds are null at first, and those of records without fields are not known beforehand. */
function filled(fresh: unknown, stored: unknown): unknown {
  if (stored === undefined || fresh === null) return stored ?? fresh;
  if (typeof stored !== typeof fresh || stored === null) return fresh;
  if (typeof fresh !== 'object') return stored;
  const names = Object.keys(fresh!);
  if (names.length === 0) return stored;
  const record = stored as Record<string, unknown>;
  return Object.fromEntries(
    names.map((name) => [name, filled((fresh as Record<string, unknown>)[name], record[name])]),
  );
}
