import { expect, it } from 'vitest';
import { restore } from '../../../webview/studio/state/viewState.js';

const fresh = restore(undefined);

it('begins fresh where nothing was stored', () => {
  for (const stored of [undefined, null, 'x', 3]) expect(restore(stored)).toEqual(fresh);
  expect(fresh).toMatchObject({ tab: 'overview', confusion: { unit: 'percent', shows: 'both', filter: '' } });
});

it('is what was stored', () => {
  const stored = {
    ...fresh,
    tab: 'layers',
    open: { settings: true },
    settings: { samples: '20' },
    sample: { class: 3, nth: 4 },
    whatIf: { instead: { alphaR: 1, alphaF: 2 }, of: null },
    overview: { from: 6, filter: 'cat' },
  };
  expect(restore(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
});

it('fills in what an older version did not know, at any depth, and leaves out what nobody knows any more', () => {
  const state = restore({ tab: 'search', gone: 1, confusion: { unit: 'count' }, overview: {} });
  expect(state).toEqual({ ...fresh, tab: 'search', confusion: { ...fresh.confusion, unit: 'count' } });
});

it('does not take what is of another kind', () => {
  expect(restore({ filter: 3, open: null, confusion: 'percent', overview: null, scroll: '12' })).toEqual(fresh);
});
