import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import {
  differenceOf,
  differenceScale,
  dimmed,
  heatScale,
  strongest as mostOf,
  paintHeat,
} from '../../src/figures/heat.js';
import {
  answerAll,
  answerBefore,
  answerTo,
  asked,
  focusAnswer,
  PULLOVER,
  SHIRT,
  saliencyAnswer,
} from '../support/studio/answers.js';
import { seriousFaults } from '../support/studio/axe.js';
import { studioBrowser } from '../support/studio/browser.js';
import { largeRun } from '../support/studio/large.js';
import { button, chooseIn, figure, numbers, openTab, percent, table } from '../support/studio/locators.js';
import { type StudioPage, screenshots } from '../support/studio/page.js';
import { allPixels, largestDifference } from '../support/studio/pixels.js';
import { runStates } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';
import { THEMES, type Theme } from '../support/studio/themes.js';

const pages = studioBrowser();

async function open(shown: StudioSnapshot = states.done, state: object = {}, theme?: Theme): Promise<StudioPage> {
  const studio = await pages.open({ state: { tab: 'saliency', ...state }, theme });
  await studio.sent();
  await studio.show(shown);
  return studio;
}

const questionsOf = (messages: Awaited<ReturnType<typeof asked>>) =>
  messages.map(({ name, question }) => ({ name, question })).filter(({ name }) => name !== 'thumbnails');
const ofShirt = (nth: number) => ({ sample: { class: SHIRT, nth } });
const allClasses = [SHIRT, 0, 1, 2, 3, 4, 5, 7, 8, 9];
const verdict = ({ page }: StudioPage) => page.locator('.saliency .verdict');
const map = ({ page }: StudioPage, title: string) =>
  page.locator('.maps .map', { has: page.locator('h4', { hasText: title }) });
/** Descriptions under a map, by their terms. */
async function described(panel: Locator): Promise<Record<string, string>> {
  const terms = await panel
    .locator('dt')
    .evaluateAll((all) => all.map((term) => term.querySelector('button')?.textContent ?? term.textContent ?? ''));
  const values = await panel.locator('dd').allTextContents();
  return Object.fromEntries(terms.map((term, at) => [term.trim(), values[at].trim()]));
}
/** The overlay's most opaque pixel. */
const strongest = (panel: Locator): Promise<number[]> =>
  panel
    .locator('canvas')
    .last()
    .evaluate((canvas) => {
      const { width, height } = canvas as never as { width: number; height: number };
      const { data } = (
        canvas as never as { getContext(kind: string): { getImageData(...box: number[]): { data: Uint8ClampedArray } } }
      )
        .getContext('2d')
        .getImageData(0, 0, width, height);
      let best = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > data[best + 3]) best = at;
      return [...data.slice(best, best + 4)];
    });

describe('a sample', () => {
  test('the first of the forgotten class is asked for, then the next, then the focus of all classes', async () => {
    const studio = await open();
    expect(questionsOf(await asked(studio))).toEqual([
      { name: 'saliency', question: ofShirt(0) },
      { name: 'saliency', question: ofShirt(1) },
      { name: 'focus', question: { classes: allClasses } },
    ]);
  });

  test('is painted as a report paints it', async () => {
    const studio = await open();
    await answerAll(studio);
    const { picture, before, after } = saliencyAnswer({ class: SHIRT, nth: 0 });
    const most = mostOf(before, after);
    const grey = dimmed(picture).rgb;
    const ground = Uint8Array.from({ length: (4 * grey.length) / 3 }, (_, at) =>
      at % 4 === 3 ? 255 : grey[3 * Math.floor(at / 4)],
    );
    for (const [title, shown, scale] of [
      ['Before', before, heatScale(most)],
      ['After', after!, heatScale(most)],
      ['Difference', differenceOf(before, after!), differenceScale(most)],
    ] as const) {
      const [below, above] = await map(studio, title).locator('canvas').all();
      expect(largestDifference(await allPixels(below), ground)).toBe(0);
      expect(largestDifference(await allPixels(above), paintHeat(shown, scale, 192, 192))).toBeLessThan(4);
    }
  });

  test('numbers are those of the answer', async () => {
    const studio = await open();
    await answerAll(studio);
    const { before, after, kept } = saliencyAnswer({ class: SHIRT, nth: 0 });
    expect(await verdict(studio).textContent()).toBe(
      `${percent(kept!)} of the focus on Shirt is left. The sample was taken for Shirt (${percent(before.confidence)}) and is now taken for Pullover (${percent(after!.confidence)}).`,
    );
    expect(await described(map(studio, 'Sample'))).toEqual({ Class: 'Shirt', Sample: '1 of 1,000, test' });
    expect(await described(map(studio, 'Before'))).toEqual({ 'Taken for': 'Shirt, 93.1%', Logit: '7.25' });
    expect(await described(map(studio, 'After'))).toEqual({ 'Taken for': 'Pullover, 61.0%', Logit: '−1.50' });
    expect(await described(map(studio, 'Difference'))).toEqual({ 'Focus kept': '12.5%', Logit: '−8.75' });
    expect(await studio.page.locator('.map-scale').allInnerTexts()).toEqual([
      expect.stringMatching(/^Focus\s+0\s+2\.00 logit units$/),
      expect.stringMatching(/^Difference\s+lost 2\.00\s+gained 2\.00 logit units$/),
    ]);
    expect(await map(studio, 'Before').getByRole('img').getAttribute('aria-label')).toBe(
      'Focus on Shirt before: strongest at the top left',
    );
  });

  test('before and after have one scale, and what is lost is orange', async () => {
    const studio = await open();
    await answerAll(studio);
    const [before, after, difference] = await Promise.all(
      ['Before', 'After', 'Difference'].map((title) => strongest(map(studio, title))),
    );
    expect(before[3]).toBeGreaterThan(220);
    // An eighth of the focus is left: dark and see-through on the scale of before.
    expect(after[3]).toBeLessThan(before[3] / 2);
    expect(after[0] + after[1] + after[2]).toBeLessThan(before[0] + before[1] + before[2]);
    expect(difference[0]).toBeGreaterThan(difference[2] + 100);
  });

  test('going on shows the next sample at once and asks for the one after it', async () => {
    const studio = await open();
    await answerAll(studio);
    const previous = studio.page.getByRole('button', { name: 'Previous sample' });
    expect(await previous.isDisabled()).toBe(true);
    await studio.page.getByRole('button', { name: 'Next sample' }).press('Enter');
    expect(await described(map(studio, 'Before'))).toMatchObject({ Logit: '7.26' });
    expect(questionsOf(await asked(studio))).toEqual([{ name: 'saliency', question: ofShirt(2) }]);
    expect(await studio.state()).toMatchObject({ sample: { class: SHIRT, nth: 1 } });
    await previous.press('Enter');
    expect(await described(map(studio, 'Before'))).toMatchObject({ Logit: '7.25' });
  });

  test('a number is taken as people count, and stays within the samples there are', async () => {
    const studio = await open();
    await answerAll(studio);
    const field = studio.page.locator('.saliency vscode-text-field input');
    const write = async (text: string) => {
      await field.fill(text);
      await field.press('Enter');
      return questionsOf(await answerAll(studio));
    };
    expect(await write('30')).toEqual([29, 30].map((nth) => ({ name: 'saliency', question: ofShirt(nth) })));
    expect(await write('5000')).toEqual([{ name: 'saliency', question: ofShirt(999) }]);
    expect(await field.inputValue()).toBe('1000');
    expect(await studio.page.getByRole('button', { name: 'Next sample' }).isDisabled()).toBe(true);
    expect(await write('none')).toEqual([]);
    expect(await field.inputValue()).toBe('1000');
  });

  test('forgotten classes stand first in the list, and are marked', async () => {
    const studio = await open();
    await answerAll(studio);
    const options = await studio.page
      .locator('.saliency vscode-dropdown[aria-label=Class] vscode-option')
      .allTextContents();
    expect(options.slice(0, 2)).toEqual(['Shirt (forgotten)', 'T-shirt/top']);
    expect(options).toHaveLength(10);
    await chooseIn(studio, 'Class', 'Bag');
    expect(questionsOf(await answerAll(studio))).toEqual(
      [0, 1].map((nth) => ({ name: 'saliency', question: { sample: { class: 8, nth } } })),
    );
    expect(await verdict(studio).textContent()).toBe(
      '87.5% of the focus on Bag is left. The sample is taken for Bag as before (93.1% before, 61.0% after).',
    );
  });

  test('the class that it is taken for now can be explained instead', async () => {
    const studio = await open();
    await answerAll(studio);
    await chooseIn(studio, 'Show what speaks for', 'the class it is taken for: Pullover');
    expect(questionsOf(await answerAll(studio))).toEqual([
      { name: 'saliency', question: { ...ofShirt(0), target: PULLOVER } },
    ]);
    expect(await verdict(studio).textContent()).toContain('87.5% of the focus on Pullover is left.');
    expect(await studio.state()).toMatchObject({ explains: 'predicted' });
  });

  test('one without any focus is no division by zero', async () => {
    const studio = await open();
    const dark = saliencyAnswer({ class: SHIRT, nth: 0 });
    const none = { ...dark.before, values: new Float32Array(49), mass: 0 };
    await answerAll(studio, (name, question) =>
      name === 'saliency' ? { ...dark, before: none, after: none, kept: null } : answerTo(name, question),
    );
    expect(await verdict(studio).textContent()).toContain('There was no focus on Shirt before.');
    expect(await described(map(studio, 'Difference'))).toMatchObject({ 'Focus kept': '–' });
    expect((await strongest(map(studio, 'Before')))[3]).toBe(0);
  });

  test('one that is no picture is shown by its map alone', async () => {
    const studio = await open();
    const sequence = {
      ...saliencyAnswer({ class: SHIRT, nth: 0 }),
      picture: { width: 0, height: 0, rgb: new Uint8Array() },
    };
    await answerAll(studio, (name, question) => (name === 'saliency' ? sequence : answerTo(name, question)));
    expect((await strongest(map(studio, 'Before')))[3]).toBeGreaterThan(220);
  });
});

describe('the focus of the classes', () => {
  const heading = 'Focus kept by class';

  test('fills in class by class, and its numbers are those of the answer', async () => {
    const studio = await open();
    const { id } = (await asked(studio)).find(({ name }) => name === 'focus')!;
    const whole = focusAnswer(allClasses);
    await studio.receive({
      kind: 'answer',
      id,
      answer: { ...whole, classes: whole.classes.slice(0, 3) },
      isFinal: false,
    });
    await studio.page.locator('text=3 of 10 classes so far').waitFor();
    expect(await numbers(studio, heading)).toHaveLength(3);
    await studio.receive({ kind: 'answer', id, answer: whole, isFinal: true });
    await studio.page.locator('text=classes so far').waitFor({ state: 'detached' });
    const rows = await numbers(studio, heading);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual(['Shirt', 'forgotten', '3.1%', '10.4%', '6.60', '−1.25', '10']);
    expect(rows[9]).toEqual(['Ankle boot', 'kept', '72.0%', '67.0%', '6.90', '6.40', '10']);
    const plot = figure(studio, heading).locator('.plot svg');
    expect(await plot.getAttribute('aria-label')).toContain('Shirt (forgotten) 3.1%, T-shirt/top 90.0%');
    expect(await plot.locator('[aria-label="y-axis tick label"] text').first().textContent()).toBe('Shirt (forgotten)');
    const colours = await plot
      .locator('[aria-label=bar] rect')
      .evaluateAll((all) => all.map((bar) => bar.getAttribute('fill')));
    expect(colours).toEqual(['var(--forget)', ...new Array(9).fill('var(--retain)')]);
  });

  test('is asked once, whatever samples are looked at meanwhile', async () => {
    const studio = await open();
    await answerAll(studio, (name, question) => (name === 'focus' ? undefined : answerTo(name, question)));
    await chooseIn(studio, 'Class', 'Coat');
    expect(
      (await studio.sent()).filter(
        (message) => message.kind === 'dropQuestion' || (message.kind === 'ask' && message.name === 'focus'),
      ),
    ).toEqual([]);
  });

  test('says what went wrong and can be asked again', async () => {
    const studio = await open();
    const { id } = (await asked(studio)).find(({ name }) => name === 'focus')!;
    await studio.receive({ kind: 'noAnswer', id, error: { code: 'run-outdated', message: 'the model was changed' } });
    await studio.page.locator('text=The model was changed.').waitFor();
    await button(studio, 'Try again').click();
    expect(questionsOf(await answerAll(studio)).at(-1)).toMatchObject({ name: 'focus' });
    await expect.poll(() => table(studio, heading).count()).toBe(0);
    expect(await numbers(studio, heading)).toHaveLength(10);
  });
});

describe('many classes', () => {
  test('a class is found by its name, and the focus is asked of the most confused ones', async () => {
    const snapshot = largeRun();
    const studio = await open(snapshot);
    const [first, , focus] = questionsOf(await answerAll(studio));
    expect(first).toEqual({ name: 'saliency', question: { sample: { class: 3, nth: 0 } } });
    const { size, counts } = snapshot.shown!.outcome.confusionBefore!;
    const { classes } = focus.question as { classes: number[] };
    expect(classes.slice(0, 3)).toEqual([3, 500, 999]);
    expect(classes).toHaveLength(12);
    for (const index of classes.slice(3)) {
      expect([3, 500, 999].some((row) => counts[row * size + index] + counts[index * size + row] > 0)).toBe(true);
    }
    const name = snapshot.facts!.classes![700];
    const finder = studio.page.locator('.saliency .class-finder');
    await finder.fill(name);
    await finder.press('Enter');
    expect(questionsOf(await answerAll(studio))[0]).toEqual({
      name: 'saliency',
      question: { sample: { class: 700, nth: 0 } },
    });
    await finder.fill('no such class');
    await finder.press('Enter');
    expect(await finder.inputValue()).toBe(name);
    expect(questionsOf(await asked(studio))).toEqual([]);
  });
});

describe('what is missing', () => {
  test('before a run there is only before, of the class that is ticked', async () => {
    const studio = await open(states.evaluated);
    const questions = questionsOf(await answerAll(studio, answerBefore));
    expect(questions).toContainEqual({ name: 'saliency', question: ofShirt(0) });
    expect(questions.some(({ name }) => name === 'focus')).toBe(false);
    expect(await studio.page.locator('.maps h4').allTextContents()).toEqual(['Sample', 'Before']);
    expect(await verdict(studio).textContent()).toBe('This sample of Shirt is taken for Shirt (93.1%).');
    await expect.poll(() => figure(studio, 'Focus').count()).toBe(0);
    await studio.page.locator('text=Unlearn a class to see beside it what has changed.').waitFor();
  });

  test('while a run goes on it says so', async () => {
    const studio = await open(runStates.searching);
    await answerAll(studio, answerBefore);
    await studio.page.locator('text=What the run changes shows here when it is done.').waitFor();
  });

  test('a model without places is sent to its decision boundary', async () => {
    const studio = await open();
    const { id } = (await asked(studio))[0];
    await studio.receive({
      kind: 'noAnswer',
      id,
      error: {
        code: 'no-saliency',
        message: 'has no activation with places',
        hint: 'Look at its decision boundary instead.',
      },
    });
    await studio.page.locator('text=This model has no places to look at').waitFor();
    await expect.poll(() => figure(studio, 'Focus').count()).toBe(0);
    await button(studio, 'Show decision boundary').click();
    await studio.page.locator('#view-boundary .view').waitFor();
  });

  test('another error can be tried again', async () => {
    const studio = await open();
    const { id } = (await asked(studio))[0];
    await studio.receive({
      kind: 'noAnswer',
      id,
      error: { code: 'samples-missing', message: 'there are no samples of class "Shirt"' },
    });
    await studio.page.locator('text=There are no samples of class "Shirt".').waitFor();
    await button(studio, 'Try again').click();
    expect(questionsOf(await answerAll(studio))).toContainEqual({ name: 'saliency', question: ofShirt(0) });
    await map(studio, 'Before').waitFor();
  });

  test.each([
    ['unset', 'Set up data', { kind: 'setUp' }],
    ['restricted', 'Manage trust', { kind: 'open', what: 'trust' }],
  ])('in the state %s nothing is asked, and %s is offered', async (state, title, message) => {
    const studio = await open(states[state]);
    expect(await asked(studio)).toEqual([]);
    await studio.page.locator('.view').locator('vscode-button', { hasText: title }).click();
    expect(await studio.sent()).toEqual([message]);
  });
});

describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  test('it fits, and anybody can use it', async () => {
    const studio = await open(states.done, {}, theme);
    await answerAll(studio);
    for (const width of [1280, 700]) {
      await studio.page.setViewportSize({ width, height: 900 });
      await studio.page.screenshot({ path: `${screenshots}/saliency-${name}-${width}.png`, fullPage: true });
      expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(await seriousFaults(studio.page, '.view')).toEqual([]);
  });
});

test('the tab leads here', async () => {
  const studio = await open(states.done, { tab: 'overview' });
  await openTab(studio, 'saliency');
  expect(questionsOf(await asked(studio))[0]).toEqual({ name: 'saliency', question: ofShirt(0) });
});
