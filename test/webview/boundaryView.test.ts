import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import type { BoundaryMap, BoundaryResult } from '../../src/contract/explain.js';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { classColors } from '../../src/figures/classColors.js';
import { paintRegions } from '../../src/figures/regions.js';
import {
  answerAll,
  answerBefore,
  asked,
  featuresAnswer,
  PULLOVER,
  planeAnswer,
  SHIRT,
} from '../support/studio/answers.js';
import { seriousFaults } from '../support/studio/axe.js';
import { studioBrowser } from '../support/studio/browser.js';
import { button, cells, percent } from '../support/studio/locators.js';
import { type StudioPage, screenshots } from '../support/studio/page.js';
import { allPixels, largestDifference } from '../support/studio/pixels.js';
import { outcome, shownRun } from '../support/studio/recorded.js';
import { runStates } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';
import { THEMES, type Theme } from '../support/studio/themes.js';

const pages = studioBrowser();

const names = outcome.perClass.map((entry) => entry.class);
const plane = planeAnswer(129);
const quadrants = ['north-west', 'north-east', 'south-west', 'south-east'];

/** A model of two features that forgot the first of its four classes. */
const clusters: StudioSnapshot = {
  ...states.done,
  facts: { ...states.done.facts!, classCount: 4, classes: quadrants },
  summary: { ...states.done.summary!, classCount: 4, classes: quadrants },
  selected: [0],
  shown: { ...shownRun, outcome: { ...outcome, forget: [quadrants[0]], perClass: [] } },
};

async function open(shown: StudioSnapshot = states.done, theme?: Theme): Promise<StudioPage> {
  const studio = await pages.open({ state: { tab: 'boundary' }, theme });
  await studio.sent();
  await studio.show(shown);
  return studio;
}

async function openClusters(theme?: Theme): Promise<StudioPage> {
  const studio = await open(clusters, theme);
  await answerAll(studio, (name) => (name === 'boundary' ? featuresAnswer(129) : undefined));
  return studio;
}

const questionsOf = (messages: Awaited<ReturnType<typeof asked>>) =>
  messages.filter(({ name }) => name === 'boundary').map(({ question }) => question);
const panel = ({ page }: StudioPage, when: 'before' | 'after') => page.locator(`.panel.${when}`);
const readout = ({ page }: StudioPage) => page.locator('.boundary .readout');

/** The readout that a place must have. */
function expected({ x, y, size, ...maps }: BoundaryResult, at: { x: number; y: number }, classNames = names): string {
  const column = Math.round(((at.x - x[0]) / (x[1] - x[0])) * (size - 1));
  const row = Math.round(((at.y - y[0]) / (y[1] - y[0])) * (size - 1));
  const answer = ({ classes, confidence }: BoundaryMap) =>
    `${classNames[classes[row * size + column]]} ${percent(confidence[row * size + column])}`;
  const number = (value: number) => value.toFixed(2).replace('-', '−').replace('−0.00', '0.00');
  return `x ${number(at.x)}, y ${number(at.y)}: before ${answer(maps.before)}, after ${answer(maps.after!)}`;
}

/** Colours and opacities of some pixels of a map's canvas, counted from its top left corner. */
const pixels = (canvas: Locator, ...places: (readonly [column: number, row: number])[]): Promise<number[][]> =>
  canvas.evaluate((element, wanted) => {
    const { width, height } = element as never as { width: number; height: number };
    const { data } = (element as never as Canvas).getContext('2d').getImageData(0, 0, width, height);
    return wanted.map(([column, row]) => [...data.slice(4 * (row * width + column), 4 * (row * width + column) + 4)]);
  }, places);

interface Canvas {
  getContext(kind: string): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
}

/** A colour as it comes back from a canvas, which keeps it multiplied by its opacity. */
const about = (colour: number) =>
  [colour >> 16, (colour >> 8) & 255, colour & 255].map((part) => expect.closeTo(part, -1)).concat(expect.any(Number));

describe('the maps', () => {
  test('are asked for without samples, and painted as fine as they are so far', async () => {
    const studio = await open();
    const questions = await asked(studio);
    expect(questionsOf(questions)).toEqual([{}]);
    const { id } = questions.find(({ name }) => name === 'boundary')!;
    const status = studio.page.locator('.boundary [role=status]');
    for (const size of [17, 33]) {
      await studio.receive({ kind: 'answer', id, answer: planeAnswer(size), isFinal: false });
      await studio.page.locator(`.panel.after canvas[width="${size}"]`).waitFor();
      expect(await status.textContent()).toBe('Refining…');
    }
    await studio.receive({ kind: 'answer', id, answer: plane, isFinal: true });
    await studio.page.locator('.panel.after canvas[width="129"]').waitFor();
    expect(await status.textContent()).toBe('');
    expect(questionsOf(await asked(studio))).toEqual([]);
  });

  test('have each point in the colour of its class, stronger where the model is surer, with y upwards', async () => {
    const studio = await openClusters();
    const before = await pixels(panel(studio, 'before').locator('canvas'), [10, 10], [118, 10], [10, 118]);
    expect(before).toEqual([about(0x0072b2), about(0xe69f00), about(0x009e73)]);
    const after = await pixels(panel(studio, 'after').locator('canvas'), [5, 60], [60, 5], [118, 10]);
    expect(after.slice(0, 2)).toEqual([about(0x009e73), about(0xe69f00)]);
    expect(after[2][3]).toBeLessThan(before[1][3]);
  });

  test('are painted as a report paints them', async () => {
    const studio = await open();
    await answerAll(studio);
    const colors = classColors(plane, names.length, new Set([SHIRT]));
    for (const [when, map] of [
      ['before', plane.before],
      ['after', plane.after!],
    ] as const) {
      const shown = await allPixels(panel(studio, when).locator('canvas'));
      expect(largestDifference(shown, paintRegions(map, plane.size, colors))).toBeLessThan(4);
    }
  });

  test('name their regions, and outline the forgotten class where it was', async () => {
    const studio = await openClusters();
    const texts = (when: 'before' | 'after') =>
      panel(studio, when).locator('.plane > svg').locator('text').allTextContents();
    expect(await texts('before')).toEqual(expect.arrayContaining([...quadrants, 'first feature', 'second feature']));
    expect(await texts('after')).toEqual(expect.arrayContaining(quadrants.slice(1)));
    expect(await texts('after')).not.toContain(quadrants[0]);
    expect(await panel(studio, 'before').locator('.outline').getAttribute('d')).not.toBe('');
    expect(await panel(studio, 'after').locator('.outline').getAttribute('d')).toBe('');
  });

  test('of two features show the data, each class in its own shape, and no samples to choose', async () => {
    const studio = await openClusters();
    await expect.poll(() => panel(studio, 'before').locator('[aria-label=dot] path').count()).toBe(100);
    const shapes = await studio.page
      .locator('.class-legend svg :is(path, circle)')
      .evaluateAll((all) => all.map((shape) => shape.getAttribute('d') ?? shape.tagName));
    expect(new Set(shapes).size).toBe(4);
    expect(await studio.page.locator('.class-legend li').allInnerTexts()).toEqual([
      'north-west (forgotten)',
      'north-east',
      'south-west',
      'south-east',
    ]);
    await expect.poll(() => studio.page.locator('.anchors').count()).toBe(0);
  });
});

describe('who takes over', () => {
  const count = (map: BoundaryMap, index: number) => map.classes.filter((entry) => entry === index).length;
  const total = plane.before.classes.length;
  const had = count(plane.before, SHIRT);
  const heirs = (index: number) =>
    plane.before.classes.filter((entry, at) => entry === SHIRT && plane.after!.classes[at] === index).length / had;

  test('is said with the shares of the maps', async () => {
    const studio = await open();
    await answerAll(studio);
    expect(await studio.page.locator('.takeover').allTextContents()).toEqual([
      `Shirt had ${percent(had / total)} of this area before. Nothing of it is left: ${percent(heirs(PULLOVER))} went to Pullover and ${percent(heirs(0))} to T-shirt/top.`,
    ]);
  });

  test('stands in the table too', async () => {
    const studio = await open();
    await answerAll(studio);
    await studio.page.locator('.boundary .numbers summary').click();
    await studio.page.locator('.boundary .numbers table').waitFor();
    const row = (index: number, title: string, heir: number) => [
      title,
      percent(count(plane.before, index) / total),
      percent(count(plane.after!, index) / total),
      percent(heir),
    ];
    expect(await cells(studio.page.locator('.boundary .numbers table'))).toEqual([
      row(0, 'T-shirt/top', heirs(0)),
      row(PULLOVER, 'Pullover', heirs(PULLOVER)),
      row(SHIRT, 'Shirt (forgotten)', 0),
    ]);
  });

  test('may be nobody', async () => {
    const studio = await open();
    await answerAll(studio, (name) => (name === 'boundary' ? { ...plane, after: plane.before } : undefined));
    expect(await studio.page.locator('.takeover').textContent()).toContain('and still has all of it.');
  });
});

describe('the crosshair', () => {
  test('reads both maps under the pointer', async () => {
    const studio = await open();
    await answerAll(studio);
    for (const [when, left, top] of [
      ['before', 0.2, 0.9],
      ['after', 0.71, 0.33],
    ] as const) {
      const over = panel(studio, when).locator('.over');
      await over.scrollIntoViewIfNeeded();
      const box = (await over.boundingBox())!;
      const [x, y] = [Math.round(box.x + left * box.width), Math.round(box.y + top * box.height)];
      await studio.page.mouse.move(x, y);
      const place = {
        x: -0.3 + (1.6 * (x - box.x)) / box.width,
        y: -0.3 + (1.6 * (box.y + box.height - y)) / box.height,
      };
      expect(await readout(studio).textContent()).toBe(expected(plane, place));
      expect(await readout(studio).getAttribute('aria-live')).toBe('off');
      await expect.poll(() => studio.page.locator('.panel .reading').count()).toBe(2);
    }
    await studio.page.mouse.move(2, 2);
    expect(await readout(studio).textContent()).toBe('');
  });

  test('goes with the arrow keys, which are read out', async () => {
    const studio = await openClusters();
    await studio.page.locator('.boundary .intro .term').focus();
    await studio.page.keyboard.press('Tab');
    const result = featuresAnswer(129);
    expect(await readout(studio).textContent()).toBe(expected(result, { x: 0, y: 0 }, quadrants));
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowUp']) await studio.page.keyboard.press(key);
    expect(await readout(studio).textContent()).toBe(expected(result, { x: -0.2, y: 0.1 }, quadrants));
    expect(await readout(studio).getAttribute('aria-live')).toBe('polite');
    await studio.page.keyboard.press('Shift+ArrowDown');
    expect(await readout(studio).textContent()).toBe(expected(result, { x: -0.2, y: 0.1 - 4 / 128 }, quadrants));
    for (let step = 0; step < 60; step++) await studio.page.keyboard.press('ArrowRight');
    expect(await readout(studio).textContent()).toContain('x 2.00,');
    await studio.page.keyboard.press('Escape');
    expect(await readout(studio).textContent()).toBe('');
  });
});

describe('the three samples', () => {
  const anchor = ({ page }: StudioPage, letter: string) => page.getByRole('group', { name: `Sample ${letter}` });

  test('are shown with their class and number', async () => {
    const studio = await open();
    await answerAll(studio);
    const chosen = await studio.page
      .locator('.anchor vscode-dropdown')
      .evaluateAll((all) => all.map((one) => (one as never as { value: string }).value));
    expect(chosen.map((index) => names[Number(index)])).toEqual(['Shirt', 'Pullover', 'T-shirt/top']);
    expect(await studio.page.locator('.anchor .of').allTextContents()).toEqual(['of 1,000', 'of 1,000', 'of 1,000']);
    await expect.poll(() => studio.page.locator('.anchor canvas').count()).toBe(3);
  });

  test('can be exchanged one by one, and brought back', async () => {
    const studio = await open();
    await answerAll(studio);
    await anchor(studio, 'C').getByRole('button', { name: 'Next sample' }).click();
    const [a, b] = plane.anchors.map(({ class: index, nth }) => ({ class: index, nth }));
    expect(questionsOf(await answerAll(studio))).toEqual([{ anchors: [a, b, { class: 0, nth: 1 }] }]);
    const dropdown = anchor(studio, 'B').locator('vscode-dropdown');
    await dropdown.click();
    await dropdown.locator('vscode-option', { hasText: 'Bag' }).click();
    expect(questionsOf(await answerAll(studio))).toEqual([
      { anchors: [a, { class: 8, nth: 0 }, { class: 0, nth: 1 }] },
    ]);
    expect(await studio.page.locator('.class-legend').innerText()).toContain('Bag');
    expect(await studio.state()).toMatchObject({ anchors: [a, { class: 8, nth: 0 }, { class: 0, nth: 1 }] });
    await button(studio, 'Back to the first choice').click();
    expect(questionsOf(await answerAll(studio))).toEqual([]);
    expect(await studio.page.locator('.class-legend').innerText()).not.toContain('Bag');
  });

  test('that lie on one line say so, and lead back', async () => {
    const studio = await open();
    await answerAll(studio);
    await anchor(studio, 'A').getByRole('button', { name: 'Next sample' }).click();
    const [{ id }] = (await asked(studio)).filter(({ name }) => name === 'boundary');
    await studio.receive({
      kind: 'noAnswer',
      id,
      error: { code: 'no-plane', message: 'the three samples lie on one line' },
    });
    await studio.page.locator('text=The three samples lie on one line.').waitFor();
    await expect.poll(() => anchor(studio, 'A').count()).toBe(1);
    await button(studio, 'Back to the first choice').click();
    await panel(studio, 'after').waitFor();
  });
});

describe('what is missing', () => {
  test('before a run there is one map, and nobody takes over', async () => {
    const studio = await open(states.evaluated);
    await answerAll(studio, answerBefore);
    expect(await studio.page.locator('.panel h4').allTextContents()).toEqual(['Before']);
    await expect.poll(() => studio.page.locator('.takeover').count()).toBe(0);
    await studio.page.locator('text=Unlearn a class to see beside it what has changed.').waitFor();
  });

  test('while a run goes on it says so', async () => {
    const studio = await open(runStates.searching);
    await answerAll(studio, answerBefore);
    await studio.page.locator('text=What the run changes shows here when it is done.').waitFor();
  });

  test('an error can be tried again', async () => {
    const studio = await open();
    const { id } = (await asked(studio)).find(({ name }) => name === 'boundary')!;
    await studio.receive({ kind: 'noAnswer', id, error: { code: 'samples-missing', message: 'there are no samples' } });
    await studio.page.locator('text=There are no samples.').waitFor();
    await button(studio, 'Try again').click();
    expect(questionsOf(await answerAll(studio))).toEqual([{}]);
    await panel(studio, 'after').waitFor();
  });

  test('without data nothing is asked', async () => {
    const studio = await open(states.unset);
    expect(await asked(studio)).toEqual([]);
    await studio.page.locator('.view vscode-button', { hasText: 'Set up data' }).click();
    expect(await studio.sent()).toEqual([{ kind: 'setUp' }]);
  });
});

describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  test.each(['plane', 'features'])('%s fits, and anybody can use it', async (kind) => {
    const studio = kind === 'features' ? await openClusters(theme) : await open(states.done, theme);
    await answerAll(studio);
    for (const width of [1280, 700]) {
      await studio.page.setViewportSize({ width, height: 900 });
      await studio.page.screenshot({ path: `${screenshots}/boundary-${kind}-${name}-${width}.png`, fullPage: true });
      expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(await seriousFaults(studio.page, '.view')).toEqual([]);
  });
});
