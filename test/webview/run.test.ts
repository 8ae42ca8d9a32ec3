import { mkdir } from 'node:fs/promises';
import type { Browser, Locator } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Phase, Progress } from '../../src/contract/progress.js';
import { projectionRecipe } from '../../src/contract/recipes.js';
import type { RunState, StudioSnapshot } from '../../src/contract/studio.js';
import { seriousFaults } from '../support/studio/axe.js';
import { StudioPage, screenshots, startBrowser } from '../support/studio/page.js';
import { shownRun } from '../support/studio/recorded.js';
import { unfinishedRun } from '../support/studio/runs.js';
import { snapshot, states } from '../support/studio/snapshots.js';
import { THEMES } from '../support/studio/themes.js';

let browser: Browser;
/** A page in the dark theme, for all that is asked about words. */
let page: StudioPage;
let sequence = 0;

beforeAll(async () => {
  browser = await startBrowser();
  page = await StudioPage.open(browser);
  await mkdir(screenshots, { recursive: true });
});

afterAll(() => browser?.close());

afterEach(() => expect(page.complaints).toEqual([]));

async function open(shown: StudioSnapshot): Promise<StudioPage> {
  await page.show({ ...shown, sequence: ++sequence });
  await page.sent();
  return page;
}

const run = states.running.run!;

/** A Studio whose run is at something. */
function at(changes: Partial<RunState>, shown: StudioSnapshot['shown'] = null): StudioSnapshot {
  return { ...states.running, run: { ...run, ...changes }, shown };
}

function phase(phase: Phase, done = 3, total = 8, more: Partial<Progress> = {}): Pick<RunState, 'progress'> {
  return { progress: { phase, done, total, ...more } };
}

/** The run that goes on, when it has measured the model. */
const measured = unfinishedRun('running');

const bar = ({ page }: StudioPage): Locator => page.locator('.run');

describe('the steps', () => {
  /** Each with what a screen reader says of it. */
  const heard = async (studio: StudioPage) =>
    (await studio.page.locator('.steps li').allTextContents()).map((text) => text.trim());

  test('say what is done, what goes on and what is to come', async () => {
    const studio = await open(at({}));
    expect(await heard(studio)).toEqual([
      'Load, done',
      'Measure, done',
      'Spaces, done',
      'Search, in progress',
      'Check, to come',
      'Save, to come',
    ]);
    expect(await studio.page.locator('.steps [aria-current=step]').allTextContents()).toHaveLength(1);
  });

  test.each([
    ['load', undefined, 'Load'],
    ['hash', undefined, 'Load'],
    ['list', undefined, 'Load'],
    ['measure', undefined, 'Measure'],
    ['spaces', undefined, 'Spaces'],
    ['moments', undefined, 'Spaces'],
    ['spectra', undefined, 'Spaces'],
    ['search', undefined, 'Search'],
    ['projections', undefined, 'Search'],
    ['measure', 'search', 'Search'],
    ['projections', 'check', 'Check'],
    ['measure', 'check', 'Check'],
    ['dimensions', undefined, 'Check'],
    ['hash', 'save', 'Save'],
    ['save', undefined, 'Save'],
  ] as const)('%s of the step %s belongs to one of them', async (name, of, step) => {
    // Whatever is shown: the run of before may be.
    for (const shown of [measured, shownRun]) {
      const studio = await open(at(phase(name, 3, 8, { step: of }), shown));
      const current = studio.page.locator('.steps [aria-current=step]');
      expect((await current.textContent())!.trim()).toBe(`${step}, in progress`);
    }
  });

  test('of an evaluation are two, and none is taken before its turn', async () => {
    const studio = await open(at({ kind: 'evaluate', classes: [], ...phase('measure') }));
    expect(await heard(studio)).toEqual(['Load, done', 'Measure, in progress']);
    const waiting = await open(at({ status: 'queued', position: 1, progress: null }));
    await expect.poll(() => waiting.page.locator('.steps [aria-current=step]').count()).toBe(0);
  });
});

describe('what is worked on', () => {
  test.each([
    [phase('dimensions', 3, 8, { detail: 'block1/pointwise' }), 'Layer 3 of 8: block1/pointwise'],
    [phase('moments', 3, 16, { detail: 'block1.pointwise' }), 'Space 3 of 16: block1.pointwise'],
    [phase('search', 9, 20, { recipe: projectionRecipe(100, 0.5) }), 'Candidate 9 of 20: α retain 100, α forget 0.5'],
    [phase('search', 9, 20), 'Candidate 9 of 20'],
    [phase('spaces', 340, 1800, { detail: 'retain samples' }), '340 of 1,800 retain samples'],
    [phase('measure', 1280, 10_000), '1,280 of 10,000 samples'],
    [phase('load', 0, 3, { detail: '/home/ada/fashion/fashion.onnx' }), 'fashion.onnx'],
    [phase('save', 1, 2), ''],
  ])('is named', async ({ progress }, text) => {
    const studio = await open(at({ progress }));
    expect((await bar(studio).locator('.detail').innerText()).trim()).toBe(text);
  });

  test('and how far it is', async () => {
    const studio = await open(at({ ...phase('dimensions', 3, 8, { detail: 'x' }), step: 'Measuring the spaces' }));
    const progress = studio.page.getByRole('progressbar');
    expect(await progress.getAttribute('aria-valuenow')).toBe('37');
    expect(await progress.getAttribute('aria-label')).toBe('Measuring the spaces');
    expect(await bar(studio).locator('.at').innerText()).toMatch(/^Measuring the spaces 37%/);
    const message = await studio.page.locator('main > [role=status]').textContent();
    expect(message).toBe('Unlearning Shirt: Measuring the spaces');
  });
});

describe('the time left', () => {
  test.each([
    [null, ''],
    [0, 'a few seconds left'],
    [4.9, 'a few seconds left'],
    [7.4, 'about 10 s left'],
    [16.2, 'about 20 s left'],
    [17.9, 'about 20 s left'],
    [50, 'about 50 s left'],
    [51, 'about 1 min left'],
    [89, 'about 1 min left'],
    [140, 'about 2 min left'],
    [59 * 60, 'about 59 min left'],
    [3700, 'about 1 h left'],
    [5500, 'about 1 h 30 min left'],
  ])('of %s seconds', async (secondsLeft, text) => {
    const studio = await open(at({ secondsLeft }));
    expect((await bar(studio).locator('.left').innerText()).trim()).toBe(text);
  });

  test('is not said of a run that is being stopped', async () => {
    const studio = await open(at({ status: 'cancelling', step: 'Stopping', secondsLeft: 30 }));
    expect(await bar(studio).innerText()).not.toContain('left');
    expect(await bar(studio).innerText()).toContain('Stopping');
    expect(
      await studio.page.locator('vscode-button', { hasText: 'Cancelling…' }).getAttribute('disabled'),
    ).not.toBeNull();
  });
});

test('cancel asks the host once, and the way back is there', async () => {
  const studio = await open(states.running);
  await studio.page.locator('vscode-button', { hasText: 'Cancel' }).click();
  expect((await studio.sent()).filter(({ kind }) => kind !== 'ask')).toEqual([{ kind: 'cancel' }]);
  await studio.receive({ kind: 'changes', sequence: ++sequence, changes: { run: states.cancelled.run } });
  expect(await bar(studio).innerText()).toContain('Cancelled. Nothing was written.');
  expect(
    await studio.page.locator('vscode-button', { hasText: 'Unlearn 1 class' }).getAttribute('disabled'),
  ).toBeNull();
});

// Pictures are left in .cache/screenshots, to be looked at.
describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  test.each([1280, 700])('fits into %i pixels, and anybody can use it', async (width) => {
    const studio = await StudioPage.open(browser, { theme, width });
    const long = 'features.denseblock4.denselayer15.conv2.with.a.name.that.goes.on.and.on.and.on.for.ever';
    for (const [title, shown] of [
      ['run', { ...states.running, shown: measured }],
      [
        'runLong',
        at(
          { ...phase('dimensions', 41, 60, { detail: long }), step: 'Measuring the spaces', secondsLeft: 75 },
          measured,
        ),
      ],
      ['runQueued', states.queued],
      ['runFailed', states.failed],
      ['runIdle', snapshot()],
    ] as const) {
      await studio.show({ ...shown, sequence: ++sequence });
      await bar(studio).screenshot({ path: `${screenshots}/${title}-${name}-${width}.png` });
      expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await seriousFaults(studio.page, '.choose')).toEqual([]);
    }
    expect(studio.complaints).toEqual([]);
    await studio.page.close();
  });
});
