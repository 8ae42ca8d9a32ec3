import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { dateText } from '../../src/contract/text.js';
import { studioBrowser } from '../support/studio/browser.js';
import { large } from '../support/studio/large.js';
import { type StudioOptions, type StudioPage, screenshots } from '../support/studio/page.js';
import { otherCandidate, outcome, shownRun } from '../support/studio/recorded.js';
import { evaluated, snapshot, states } from '../support/studio/snapshots.js';
import { THEMES } from '../support/studio/themes.js';
import { garment, landscape, picturesAsked, thumbnailsOf, waitForPictures } from '../support/studio/thumbnails.js';

const pages = studioBrowser();

async function open(shown: StudioSnapshot, options: StudioOptions = {}): Promise<StudioPage> {
  const studio = await pages.open(options);
  await studio.show(shown);
  return studio;
}

function row({ page }: StudioPage, index: number): Locator {
  return page.locator(`[role=option][data-class="${index}"]`);
}

/** Time in which the list would have asked for pictures, had it wanted any. */
const quiet = ({ page }: StudioPage) => page.waitForTimeout(300);

/** Answers the next question for pictures. */
async function answer(studio: StudioPage, draw = garment): Promise<readonly number[]> {
  const { id, question } = await waitForPictures(studio);
  await studio.receive({ kind: 'answer', id, answer: thumbnailsOf(question.classes, draw), isFinal: true });
  await studio.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
  return question.classes;
}

/** Red, green and blue of a canvas's pixels. */
function painted(canvas: Locator): Promise<number[]> {
  return canvas.evaluate((element) => {
    const { width, height } = element as unknown as { width: number; height: number };
    const context = (element as never as { getContext(kind: '2d'): Context }).getContext('2d');
    return Array.from(context.getImageData(0, 0, width, height).data).filter((_, at) => at % 4 < 3);
  });
}

interface Context {
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}

describe('pictures of samples', () => {
  test('are those of each class, painted pixel by pixel, and nothing moves when they come', async () => {
    const studio = await open(states.evaluated);
    const box = await row(studio, 6).locator('.name').boundingBox();
    expect(await answer(studio)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await row(studio, 6).locator('.name').boundingBox()).toEqual(box);
    for (const index of [0, 6]) {
      const canvases = row(studio, index).locator('canvas');
      await expect.poll(() => canvases.count()).toBe(3);
      for (const nth of [0, 2]) {
        expect(await painted(canvases.nth(nth))).toEqual([...garment(index, nth).rgb]);
      }
    }
    const first = row(studio, 6).locator('canvas').first();
    const { width, height } = (await first.boundingBox())!;
    expect([width, height]).toEqual([28, 28]);
    expect(await first.getAttribute('style')).toContain('image-rendering: pixelated');
    // What is heard of a row is its text alone.
    const heard = 'Shirt must be forgotten recognised 75.3% of 1,000 samples';
    await expect.poll(() => studio.page.getByRole('option', { name: heard, exact: true }).count()).toBe(1);
    await quiet(studio);
    expect(picturesAsked(await studio.sent())).toEqual([]);
  });

  test('of another shape fit into their place', async () => {
    const studio = await open(states.evaluated);
    await answer(studio, landscape);
    const { width, height } = (await row(studio, 0).locator('canvas').first().boundingBox())!;
    expect(width).toBe(28);
    expect(height).toBeCloseTo((28 * 32) / 48, 1);
  });

  test('of a thousand classes are asked for where somebody looks, and once', async () => {
    const studio = await open(large());
    const list = studio.page.getByRole('listbox');
    expect(await answer(studio)).toEqual(Array.from({ length: 11 }, (_, at) => at));
    // On the way, rows pass that nobody looks at.
    await list.evaluate(async (element) => {
      for (let top = 0; top <= 18_000; top += 600) {
        element.scrollTop = top;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    expect(await answer(studio)).toEqual(Array.from({ length: 11 }, (_, at) => 500 + at));
    await expect.poll(() => row(studio, 505).locator('canvas').count()).toBe(3);
    expect(await painted(row(studio, 505).locator('canvas').first())).toEqual([...garment(505, 0).rgb]);
    await list.evaluate((element) => {
      element.scrollTop = 0;
    });
    await row(studio, 0).waitFor();
    expect(await painted(row(studio, 0).locator('canvas').first())).toEqual([...garment(0, 0).rgb]);
    await quiet(studio);
    expect(picturesAsked(await studio.sent())).toEqual([]);
    // Only what the filter leaves and is not known.
    await studio.page.locator('.filter input').fill('stingray');
    expect(await answer(studio)).toEqual([14, 24, 34, 44, 54, 64, 74, 84, 94, 104]);
  });

  test('stay when another candidate or a run is shown', async () => {
    const studio = await open(states.done);
    await answer(studio);
    await studio.receive({ kind: 'changes', sequence: 2, changes: { shown: otherCandidate } });
    await expect.poll(() => row(studio, 6).locator('canvas').count()).toBe(3);
    await quiet(studio);
    expect(picturesAsked(await studio.sent())).toEqual([]);
  });

  test('that could not be made are asked for again when the rows come into view again', async () => {
    const studio = await open(large());
    const { id } = await waitForPictures(studio);
    await studio.receive({ kind: 'noAnswer', id, error: { code: 'engine-crashed', message: 'the engine has ended' } });
    await quiet(studio);
    expect(picturesAsked(await studio.sent())).toEqual([]);
    await studio.page.getByRole('listbox').press('End');
    await waitForPictures(studio);
    await studio.page.getByRole('listbox').press('Home');
    expect((await answer(studio)).slice(0, 2)).toEqual([0, 1]);
    await expect.poll(() => row(studio, 0).locator('canvas').count()).toBe(3);
  });

  test.each([
    ['without data', snapshot({ summary: { ...evaluated, config: null } })],
    ['without trust', { ...states.evaluated, trusted: false }],
  ])('have no place %s', async (_, shown) => {
    const studio = await open(shown);
    await quiet(studio);
    await expect.poll(() => studio.page.locator('.thumbnails').count()).toBe(0);
    expect(picturesAsked(await studio.sent())).toEqual([]);
  });

  test('have no place where samples are no images', async () => {
    const facts = { ...states.evaluated.facts!, input: { name: 'x', dims: [null, 2], layout: 'features' } };
    const studio = await open({ ...states.evaluated, facts });
    await expect.poll(() => studio.page.locator('.thumbnails').count()).toBe(0);
    const { id, question } = await waitForPictures(studio);
    const classes = question.classes.map((index) => ({ class: index, pictures: [] }));
    await studio.receive({ kind: 'answer', id, answer: { classes }, isFinal: true });
    await quiet(studio);
    await expect.poll(() => studio.page.locator('.thumbnails').count()).toBe(0);
  });
});

describe('accuracies of a model that was never evaluated', () => {
  const shownOf = async (shown: StudioSnapshot) => {
    const studio = await open(shown);
    return row(studio, 6).locator('.number').allTextContents();
  };
  const never = { ...states.fresh.summary! };
  const shirt = outcome.perClass[6];
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

  test('are those that a run finds out', async () => {
    expect(await shownOf(snapshot())).toEqual(['recognised –', 'of – samples']);
    const before = ['recognised 75.3%', 'of 1,000 samples'];
    expect(percent(shirt.before!)).toBe('75.3%');
    expect(await shownOf(snapshot({ shown: { ...shownRun, state: 'running', folder: null } }))).toEqual(before);
    expect(await shownOf(snapshot({ shown: shownRun }))).toEqual(before);
  });

  test('are those after the run that wrote it, unless another candidate is looked at', async () => {
    const summary = { ...never, run: shownRun.folder };
    expect(await shownOf(snapshot({ summary, shown: shownRun }))).toEqual([
      `recognised ${percent(shirt.after!)}`,
      'of 1,000 samples',
    ]);
    expect(await shownOf(snapshot({ summary, shown: otherCandidate }))).toEqual(['recognised –', 'of – samples']);
  });

  test('are not those of another file', async () => {
    const summary = { ...never, state: 'changed' as const };
    expect(await shownOf(snapshot({ summary, shown: shownRun }))).toEqual(['recognised –', 'of – samples']);
  });
});

test('the data says on how many samples of which split accuracies were measured', async () => {
  const studio = await open(states.evaluated);
  const fact = (name: string) => studio.page.locator('.facts > div', { hasText: name }).innerText();
  expect(await fact('Data')).toBe('Data\nlethe.json\n10,000 test samples');
  expect(await fact('Accuracy')).toBe(`Accuracy\n92.7%\nmeasured ${dateText(evaluated.measured!.created)}`);
  const run = await open(snapshot({ shown: shownRun }));
  const { samples, split } = outcome.measuredOn!;
  const data = await run.page.locator('.facts > div', { hasText: 'Data' }).innerText();
  expect(data).toContain(`${samples.toLocaleString('en-US')} ${split} samples`);
  expect(await run.page.locator('.facts > div', { hasText: 'Accuracy' }).innerText()).toContain('not measured');
});

// Pictures are left in .cache/screenshots, to be looked at.
describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  test.each([1280, 700])('fits into %i pixels', async (width) => {
    for (const [title, shown, draw] of [
      ['picker', states.evaluated, garment],
      ['picker1000', large(), landscape],
    ] as const) {
      const studio = await open(shown, { theme, width });
      await answer(studio, draw);
      await row(studio, 2).hover();
      await studio.page.screenshot({ path: `${screenshots}/${title}-${name}-${width}.png` });
      expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });
});

test('a thousand classes can be scrolled through', async () => {
  const studio = await open(large(), { height: 900 });
  await answer(studio);
  await quiet(studio);
  await studio.page.evaluate(`(async () => {
    const list = document.querySelector('[role=listbox]');
    for (let top = 0; top <= list.scrollHeight; top += 300) {
      list.scrollTop = top;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  })()`);
  await row(studio, 999).waitFor();
  expect(await row(studio, 999).getAttribute('aria-posinset')).toBe('1000');
});
