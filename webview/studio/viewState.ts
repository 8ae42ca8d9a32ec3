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
}

const FRESH: ViewState = { filter: '', settings: {}, open: {}, scroll: 0, listScroll: 0 };

/** A stored state, whatever of it is there: another version may have written it. */
export function restore(stored: unknown): ViewState {
  return { ...FRESH, ...(typeof stored === 'object' ? stored : {}) };
}
