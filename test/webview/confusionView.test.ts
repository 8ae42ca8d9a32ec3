import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import type { ConfusionCounts } from '../../src/contract/terms.js';
import { seriousFaults } from '../support/studio/axe.js';
import { studioBrowser } from '../support/studio/browser.js';
import { largeRun } from '../support/studio/large.js';
import { percent, points } from '../support/studio/locators.js';
import { type StudioPage, screenshots } from '../support/studio/page.js';
import { outcome } from '../support/studio/recorded.js';
import { runStates } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';
import { THEMES } from '../support/studio/themes.js';

const pages = studioBrowser();

type Shown = { unit?: 'count' | 'percent'; shows?: 'both' | 'change'; filter?: string };

async function open(snapshot: StudioSnapshot, shown: Shown = {}, width = 1280): Promise<StudioPage> {
  const confusion = { unit: 'percent', shows: 'both', filter: '', ...shown };
  const studio = await pages.open({ width, state: { tab: 'confusion', confusion } });
  await studio.show(snapshot);
  return studio;
}

const SHIRT = 6;
const classes = outcome.perClass.map((entry) => entry.class);
const [before, after] = [outcome.confusionBefore!, outcome.confusionAfter!];
const at = ({ size, counts }: ConfusionCounts, row: number, column: number) => counts[row * size + column];
const all = classes.flatMap((_, row) => classes.map((_, column) => [row, column] as const));

function matrix({ page }: StudioPage, title: string): Locator {
  return page.locator('lethe-confusion figure', { has: page.locator('h3', { hasText: title }) });
}

async function values(of: Locator): Promise<string[]> {
  return of.locator('.value').allTextContents();
}

async function reading({ page }: StudioPage): Promise<string> {
  return (await page.locator('.reading').innerText()).trim();
}

async function rows(table: Locator): Promise<string[][]> {
  const found = await table.locator('tbody tr').all();
  return Promise.all(
    found.map(async (row) => (await row.locator('th, td').allTextContents()).map((text) => text.trim())),
  );
}

describe('the matrices', () => {
  test('show the counts of the run, before and after', async () => {
    const studio = await open(states.done, { unit: 'count' });
    for (const [title, counts] of [
      ['Before', before],
      ['After', after],
    ] as const) {
      const expected = all.map(([row, column]) => at(counts, row, column)).filter((value) => value > 0);
      expect(await values(matrix(studio, title))).toEqual(expected.map(String));
    }
  });

  test('show percent of the row, with a decimal where there is room', async () => {
    const studio = await open(states.done, {}, 900);
    const wide = await values(matrix(studio, 'After'));
    const shares = all.map(([row, column]) => at(after, row, column) / 10).filter((value) => value > 0);
    const isRoomy = wide.includes('89.6');
    expect(wide).toEqual(
      shares.map((share) => (isRoomy || share < 9.95 ? share.toFixed(1) : share > 99.5 ? '>99' : share.toFixed(0))),
    );
    expect(wide).toContain('0.1');
  });

  test('name their classes and mark the forgotten one', async () => {
    const studio = await open(states.done);
    const names = await matrix(studio, 'Before').locator('text:not(.value):not(.axis)').allTextContents();
    expect(names).toEqual(classes.flatMap((name) => [name, name]));
    expect(await matrix(studio, 'Before').locator('.of-forgotten').allTextContents()).toEqual(['Shirt', 'Shirt']);
    await expect.poll(() => matrix(studio, 'Before').locator('.right').count()).toBe(10);
  });

  test('stand side by side where there is room, and under each other where there is not', async () => {
    const studio = await open(states.done);
    const boxes = async () => [
      (await matrix(studio, 'Before').boundingBox())!,
      (await matrix(studio, 'After').boundingBox())!,
    ];
    const [left, right] = await boxes();
    expect([right.y, right.x > left.x + left.width]).toEqual([left.y, true]);
    await studio.page.setViewportSize({ width: 560, height: 900 });
    await expect.poll(async () => (await boxes())[1].y > (await boxes())[0].y + 200).toBe(true);
    expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(560);
  });

  test('change between counts and percent, which is remembered', async () => {
    const studio = await open(states.done);
    await studio.page.getByRole('radio', { name: 'Counts' }).check();
    expect((await values(matrix(studio, 'Before')))[0]).toBe('895');
    expect(await studio.state()).toMatchObject({ confusion: { unit: 'count' } });
    await studio.page.getByRole('radio', { name: 'Counts' }).press('ArrowLeft');
    expect(await studio.state()).toMatchObject({ confusion: { unit: 'percent' } });
    expect((await values(matrix(studio, 'Before')))[0]).toBe('90');
  });

  test('show how the second differs from the first', async () => {
    const studio = await open(states.done, { unit: 'count' });
    await studio.page.getByRole('radio', { name: 'Change' }).check();
    await expect.poll(() => studio.page.locator('lethe-confusion figure').count()).toBe(1);
    const changes = all.map(([row, column]) => at(after, row, column) - at(before, row, column)).filter(Boolean);
    expect(await values(matrix(studio, 'Change'))).toEqual(
      changes.map((change) => `${change < 0 ? '−' : '+'}${Math.abs(change)}`),
    );
    expect(await studio.state()).toMatchObject({ confusion: { shows: 'change' } });
  });

  test('are colours by amount: more is further from the background, and none is the background', async () => {
    const studio = await open(states.done, {});
    const fills = await matrix(studio, 'Before')
      .locator('rect.cell, rect.right')
      .evaluateAll((cells) => cells.map((cell) => (cell as unknown as Cell).getAttribute('fill')!));
    const blue = (row: number, column: number) => Number(/(\d+)\)/.exec(fills[row * 10 + column])![1]);
    expect(fills[1]).toBe('rgb(18 19 20)');
    expect(blue(0, 2)).toBeGreaterThan(blue(9, 1));
    expect(blue(SHIRT, 0)).toBeGreaterThan(blue(0, 2));
    expect(blue(0, 0)).toBeGreaterThan(blue(SHIRT, SHIRT));
  });

  test('follow a change of the theme', async () => {
    const studio = await open(states.done);
    const first = matrix(studio, 'Before').locator('rect.right').first();
    const dark = await first.getAttribute('fill');
    await studio.page.evaluate(`{
      document.documentElement.style.setProperty('--vscode-editor-background', '#ffffff');
      document.body.className = 'vscode-light';
    }`);
    await expect
      .poll(() => matrix(studio, 'Before').locator('rect.cell').first().getAttribute('fill'))
      .not.toBe('rgb(18 19 20)');
    expect(await first.getAttribute('fill')).not.toBe(dark);
  });
});

interface Cell {
  getAttribute(name: string): string | null;
}

describe('a cell is read out', () => {
  const now = at(after, SHIRT, 0);
  const taken = `Shirt taken for T-shirt/top: before 117 of 1,000 (11.7%), after ${now} of 1,000 (${percent(now / 1000)}), ${points((now - 117) / 1000)} points`;
  const recognised = 'Shirt recognised: before 753 of 1,000 (75.3%), after 0 of 1,000 (0.0%), −75.3 points';

  test('under the pointer', async () => {
    const studio = await open(states.done);
    const cell = matrix(studio, 'After')
      .locator('rect.cell, rect.right')
      .nth(SHIRT * 10);
    await cell.hover({ force: true });
    expect(await reading(studio)).toBe(taken);
    // The same cell is marked in both.
    await expect.poll(() => studio.page.locator('.here').count()).toBe(2);
    await studio.page.mouse.move(5, 5);
    expect(await reading(studio)).toMatch(/^Point at a cell/);
  });

  test('with the keyboard, from the forgotten class on', async () => {
    const studio = await open(states.done);
    const before = studio.page.getByRole('application', { name: /^Before/ });
    await studio.page.getByRole('radio', { name: 'Before and after' }).focus();
    await studio.page.keyboard.press('Tab');
    expect(await before.evaluate('document.activeElement.getAttribute("aria-label")')).toMatch(/^Before/);
    expect(await reading(studio)).toBe(recognised);
    await before.press('Home');
    expect(await reading(studio)).toBe(taken);
    await before.press('ArrowRight');
    await before.press('ArrowUp');
    expect(await reading(studio)).toMatch(/^Sandal taken for Trouser: before 0 of 1,000 \(0\.0%\)/);
    await before.press('Control+Home');
    expect(await reading(studio)).toMatch(/^T-shirt\/top recognised: before 895 of 1,000/);
    await before.press('ArrowUp');
    expect(await reading(studio)).toMatch(/^T-shirt\/top recognised/);
    await before.press('Control+End');
    expect(await reading(studio)).toMatch(/^Ankle boot recognised/);
    // What is said is said aloud.
    expect(await studio.page.locator('.reading').getAttribute('aria-live')).toBe('polite');
  });

  test('in samples where samples are shown', async () => {
    const studio = await open(states.done, { unit: 'count' });
    await matrix(studio, 'Before')
      .locator('rect.cell, rect.right')
      .nth(SHIRT * 10)
      .hover({ force: true });
    expect(await reading(studio)).toContain(`+${now - 117} samples`);
  });
});

test('the most common confusions are listed with their change', async () => {
  const studio = await open(states.done);
  const expected = all
    .filter(([row, column]) => row !== column)
    .map(([row, column]) => ({ row, column, before: at(before, row, column) / 10, after: at(after, row, column) / 10 }))
    .map((pair) => ({ ...pair, most: Math.max(pair.before, pair.after) }))
    .filter(({ most }) => most > 0)
    .sort((a, b) => b.most - a.most)
    .slice(0, 12);
  const change = (value: number) =>
    Math.abs(value) < 0.05 ? '0.0' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
  expect(await rows(studio.page.locator('table.pairs'))).toEqual(
    expected.map(({ row, column, before, after }) => [
      classes[row],
      classes[column],
      `${before.toFixed(1)}%`,
      `${after.toFixed(1)}%`,
      change(after - before),
    ]),
  );
});

test('the numbers of few classes are a table', async () => {
  const studio = await open(states.done, { unit: 'count' });
  await studio.page.locator('.view .numbers summary').click();
  const tables = studio.page.locator('table.confusion-table');
  await expect.poll(() => tables.count()).toBe(2);
  const expected = (counts: ConfusionCounts) =>
    classes.map((name, row) => [name, ...classes.map((_, column) => at(counts, row, column).toLocaleString('en-US'))]);
  expect(await rows(tables.nth(0))).toEqual(expected(before));
  expect(await rows(tables.nth(1))).toEqual(expected(after));
});

describe('a thousand classes', () => {
  const STRAY = { row: 900, column: 10 };

  /** With one strong confusion far from all others. */
  function withStray(): StudioSnapshot {
    const snapshot = largeRun();
    const { confusionBefore } = snapshot.shown!.outcome;
    confusionBefore!.counts[STRAY.row * 1000 + STRAY.column] = 400;
    return snapshot;
  }

  test('are painted, and no strong confusion is lost among them', async () => {
    const studio = await open(withStray());
    await expect.poll(() => studio.page.locator('lethe-confusion canvas').count()).toBe(2);
    const colours = await matrix(studio, 'Before')
      .locator('canvas')
      .evaluate((element, { row, column }) => {
        const { width, getContext } = element as unknown as Painted;
        const { data } = getContext.call(element, '2d').getImageData(0, 0, width, width);
        const place = (index: number) => Math.floor(((index + 0.5) * width) / 1000);
        const pixel = (row: number, column: number) => {
          const at = 4 * (place(row) * width + place(column));
          return [...data.slice(at, at + 4)];
        };
        return { stray: pixel(row, column), empty: pixel(row - 100, column), right: pixel(500, 500) };
      }, STRAY);
    expect(colours.empty).toEqual([18, 19, 20, 255]);
    expect(colours.stray[2]).toBeGreaterThan(200);
    expect(colours.right[2]).toBeGreaterThan(120);
    // Nothing is drawn for each of a million cells.
    await expect.poll(() => studio.page.locator('lethe-confusion *').count()).toBeLessThan(100);
  });

  test('are filtered to what matches and what that is confused with', async () => {
    const snapshot = withStray();
    const names = snapshot.facts!.classes!;
    const studio = await open(snapshot);
    await studio.page.locator('vscode-text-field[placeholder="Filter rows and columns"] input').fill(names[STRAY.row]);
    const shown = await matrix(studio, 'Before').locator('rect.right').count();
    expect(shown).toBeGreaterThan(2);
    expect(shown).toBeLessThanOrEqual(15);
    expect(await studio.page.locator('.confusion-head').innerText()).toContain(`${shown} of 1,000 classes`);
    expect(await studio.state()).toMatchObject({ confusion: { filter: names[STRAY.row] } });
    const pairs = await rows(studio.page.locator('table.pairs'));
    expect(pairs[0].slice(0, 2)).toEqual([names[STRAY.row], names[STRAY.column]]);
    await studio.page.locator('vscode-button', { hasText: 'Show all' }).click();
    await expect.poll(() => studio.page.locator('lethe-confusion canvas').count()).toBe(2);
    expect(await studio.page.evaluate('document.activeElement.localName')).toBe('vscode-text-field');
  });

  test('a filter that finds nothing says so', async () => {
    const studio = await open(largeRun(), { filter: 'zebra' });
    expect(await studio.page.locator('.view').innerText()).toContain('No class matches “zebra”.');
  });

  test('a click looks at one of them more closely', async () => {
    const snapshot = largeRun();
    const studio = await open(snapshot);
    const box = (await matrix(studio, 'Before').locator('canvas').boundingBox())!;
    await studio.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const name = /^(.+?) (recognised|taken for)/.exec(await reading(studio))![1];
    await studio.page.mouse.down();
    await studio.page.mouse.up();
    expect(await studio.state()).toMatchObject({ confusion: { filter: name } });
    await expect.poll(() => matrix(studio, 'Before').locator('rect.right').count()).toBeLessThanOrEqual(15);
  });
});

interface Painted {
  readonly width: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  };
}

describe('as long as something is missing', () => {
  test('without a run it says what will be here', async () => {
    const studio = await open(states.evaluated);
    expect(await studio.page.locator('.view').innerText()).toContain('Tick the classes to forget and run.');
    await expect.poll(() => studio.page.locator('lethe-confusion').count()).toBe(0);
  });

  test('a run that has measured the model shows that, and says that the rest will come', async () => {
    const studio = await open(runStates.begun);
    expect(await studio.page.locator('lethe-confusion figure h3').allTextContents()).toEqual(['Before']);
    expect(await studio.page.locator('.view').innerText()).toContain(
      'The new model is measured at the end of the run.',
    );
    await studio.page.locator('rect.right').first().hover({ force: true });
    expect(await reading(studio)).toBe('T-shirt/top recognised: 895 of 1,000 (89.5%)');
    await expect.poll(() => studio.page.getByRole('radio', { name: 'Change' }).count()).toBe(0);
  });

  test('a run that has measured nothing yet says so', async () => {
    const shown = { ...runStates.begun.shown!, outcome: { ...runStates.begun.shown!.outcome, confusionBefore: null } };
    const studio = await open({ ...runStates.begun, shown });
    expect(await studio.page.locator('.view').innerText()).toContain('Not measured yet');
  });

  test('a class without samples has an empty row', async () => {
    const counts = before.counts.slice();
    counts.fill(0, 20, 30);
    const shown = {
      ...states.done.shown!,
      outcome: { ...outcome, confusionBefore: { size: 10, counts }, confusionAfter: { size: 10, counts } },
    };
    const studio = await open({ ...states.done, shown });
    await matrix(studio, 'Before').locator('rect.cell, rect.right').nth(22).hover({ force: true });
    expect(await reading(studio)).toBe('Pullover recognised: no samples of Pullover');
  });
});

// Pictures are left in .cache/screenshots, to be looked at.
describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  const shown: Record<string, readonly [StudioSnapshot, Shown]> = {
    confusion: [states.done, {}],
    'confusion-change': [states.done, { shows: 'change' }],
    'confusion-large': [largeRun(), {}],
    'confusion-filtered': [largeRun(), { filter: 'n01440875 hammerhead' }],
  };

  test.each(Object.entries(shown))('%s fits, and anybody can use it', async (title, [snapshot, view]) => {
    const confusion = { unit: 'percent', shows: 'both', filter: '', ...view };
    const studio = await pages.open({ theme, state: { tab: 'confusion', confusion } });
    await studio.show(snapshot);
    for (const width of [1280, 700]) {
      await studio.page.setViewportSize({ width, height: 900 });
      await studio.page.waitForTimeout(100);
      await studio.page.locator('.results').screenshot({ path: `${screenshots}/${title}-${name}-${width}.png` });
      expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(await seriousFaults(studio.page, '.view')).toEqual([]);
  });
});
