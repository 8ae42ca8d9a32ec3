import { describe, expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { studioBrowser } from '../support/studio/browser.js';
import { largeRun } from '../support/studio/large.js';
import { button, chooseIn, figure, numbers, percent, plotTexts, points } from '../support/studio/locators.js';
import type { StudioOptions, StudioPage } from '../support/studio/page.js';
import { otherCandidate, outcome, shownRun } from '../support/studio/recorded.js';
import { runStates, unfinishedRun } from '../support/studio/runs.js';
import { snapshot, states } from '../support/studio/snapshots.js';

const pages = studioBrowser();

async function open(shown: StudioSnapshot, options?: StudioOptions): Promise<StudioPage> {
  const studio = await pages.open(options);
  await studio.sent();
  await studio.show(shown);
  return studio;
}

const cards = ({ page }: StudioPage) => page.locator('.number-card').allInnerTexts();
const remarks = ({ page }: StudioPage) => page.locator('.remarks li:visible').allInnerTexts();
const words = (text: string) => text.split(/\s+/);
/** Shirt was to be forgotten; of the others Pullover lost most, and T-shirt/top won. */
const ORDER = [
  ...['Shirt', 'Pullover', 'Dress', 'Coat', 'Bag', 'Trouser', 'Sandal', 'Sneaker', 'Ankle boot', 'T-shirt/top'],
];

test('cards tell what was forgotten, what it cost, with which pair, and on how many samples', async () => {
  const studio = await open(states.done);
  expect((await cards(studio)).map(words)).toEqual([
    ['Forgotten', 'classes', '79.5%', 'to', '0.4%', 'forget', 'accuracy,', '−79.1', 'points'],
    ['Kept', 'classes', '94.6%', 'to', '94.6%', 'retain', 'accuracy,', '0.0', 'points'],
    ['α', 'retain', '/', 'α', 'forget', '300', '/', '100', 'best', 'of', '25', 'pairs'],
    ['Measured', 'on', '10,000', 'test', 'samples,', 'in', '12.9', 's'],
  ]);
});

test('every class before and after, the forgotten one first and then those that lost most', async () => {
  const studio = await open(states.done);
  const plot = figure(studio, 'Accuracy of each class');
  expect(await plotTexts(plot, 'y-axis tick label')).toEqual(ORDER);
  const rows = ORDER.map((name) => outcome.perClass.find((entry) => entry.class === name)!);
  expect(await plotTexts(plot, 'text')).toEqual([
    ...rows.map(({ after }) => percent(after!)),
    'after',
    ...rows.map(({ before, after }) => points(after! - before!)),
    'points',
  ]);
  // Before is a circle in each row; after is a square for what was forgotten.
  await expect.poll(() => plot.locator('svg [aria-label=dot]').first().locator('circle').count()).toBe(10);
  expect(await numbers(studio, 'Accuracy of each class')).toEqual(
    rows.map(({ class: name, role, before, after }) => [
      ...[name, role === 'forget' ? 'forget' : 'keep', percent(before!), percent(after!)],
      ...[points(after! - before!), '1,000'],
    ]),
  );
});

describe('where forgotten samples go', () => {
  test('of one class, against before', async () => {
    const studio = await open(states.done);
    const plot = figure(studio, 'Where the samples of Shirt go now');
    expect(await plot.locator('figcaption').innerText()).toContain(
      'Most are taken for T-shirt/top now: 99.6% of them.',
    );
    expect(await plotTexts(plot, 'y-axis tick label')).toEqual(['still Shirt', 'T-shirt/top']);
    expect(await plotTexts(plot, 'text')).toEqual(['0.4%', '99.6%']);
    expect(await numbers(studio, 'Where the samples')).toEqual([
      ['still Shirt', '79.5%', '0.4%', '795', '4'],
      ['T-shirt/top', '20.5%', '99.6%', '205', '996'],
    ]);
  });

  test('of several classes together or of each, which is remembered', async () => {
    const perClass = outcome.perClass.map((entry) => {
      return entry.class === 'Dress' ? { ...entry, role: 'forget' as const } : entry;
    });
    const shown = { ...shownRun, outcome: { ...outcome, forget: ['Dress', 'Shirt'], perClass } };
    const studio = await open({ ...states.done, shown });
    // 928 of 1,000 Dresses and 4 Shirts are still right.
    expect((await numbers(studio, 'Where the samples of Dress and Shirt go now'))[0]).toEqual([
      ...['still their own class', percent((934 + 795) / 2000), percent((928 + 4) / 2000), '1,729', '932'],
    ]);
    await chooseIn(studio, 'Samples of', 'Dress');
    expect(await numbers(studio, 'Where the samples of Dress go now')).toEqual([
      ['still Dress', '93.4%', '92.8%', '934', '928'],
      ['Sandal', '6.6%', '7.2%', '66', '72'],
    ]);
    expect(await studio.state()).toMatchObject({ overview: { from: 3 } });
  });
});

describe('warnings', () => {
  test('come with a word and before the notes', async () => {
    expect(await remarks(await open(states.done))).toEqual([
      'Warning: Pullover loses 3.1 points, more than 3.0.',
      'The source model is superseded: delete it or move it away.',
    ]);
    const [worst] = await remarks(await open({ ...states.done, shown: otherCandidate }));
    expect(worst).toBe('Limit not met: Shirt is still recognised 2.2% of the time, more than 1.0%.');
  });

  test('that there are none is said too', async () => {
    const shown = { ...shownRun, outcome: { ...outcome, policy: [], notes: [] } };
    expect(await remarks(await open({ ...states.done, shown }))).toEqual([
      'Every limit is met, and no kept class lost more than it may.',
    ]);
  });

  test('of a thousand classes are folded', async () => {
    const large = largeRun();
    const total = large.shown!.outcome.policy.length;
    const studio = await open(large);
    expect(await remarks(studio)).toHaveLength(6);
    await studio.page.locator('summary', { hasText: `${total - 5} more warnings` }).click();
    expect(await remarks(studio)).toHaveLength(total + 1);
  });
});

describe('of a thousand classes', () => {
  test('the thirty that changed most are drawn, and the table has them all and a filter', async () => {
    const { perClass } = largeRun().shown!.outcome;
    // One that won more than any other lost.
    const changed = perClass.map((entry) => (entry.index === 7 ? { ...entry, after: entry.before! + 0.3 } : entry));
    const large = largeRun();
    const studio = await open({
      ...large,
      shown: { ...large.shown!, outcome: { ...large.shown!.outcome, perClass: changed } },
    });
    const heading = 'Accuracy of the 30 classes that changed most';
    const drawn = await plotTexts(figure(studio, heading), 'y-axis tick label');
    expect(drawn).toHaveLength(30);
    expect(drawn.slice(0, 3).map((name) => name.split(' ')[0])).toEqual(
      large.selected.map((index) => perClass[index].class.split(' ')[0]),
    );
    expect(drawn[29]).toBe(perClass[7].class);
    expect(await numbers(studio, heading)).toHaveLength(200);
    const rows = figure(studio, heading).locator('tbody tr');
    await figure(studio, heading).locator('.filter input').fill('stingray');
    await expect.poll(() => rows.count()).toBe(100);
    await figure(studio, heading).locator('.filter input').fill('zebra');
    expect(await figure(studio, heading).innerText()).toContain('No class matches “zebra”.');
    await figure(studio, heading).locator('.filter input').fill('');
    for (const listed of [400, 600, 800, 1000]) {
      expect(await figure(studio, heading).innerText()).toContain(`${listed - 200} of 1,000 classes`);
      await button(studio, 'Show 200 more classes').click();
      await expect.poll(() => rows.count()).toBe(listed);
    }
    // The button is gone, and the focus is at the table.
    expect(await studio.page.evaluate('document.activeElement.className')).toBe('table-box');
  });
});

test('a pair that is not the one that the search chose was chosen by hand', async () => {
  const pair = { alphaR: 30, alphaF: 10 };
  const studio = await open({ ...states.done, shown: { ...shownRun, saved: pair, outcome: { ...outcome, pair } } });
  expect((await cards(studio))[2]).toContain('chosen by hand out of 25 pairs');
});

test('accuracies that come after the rest are drawn too', async () => {
  const studio = await open({ ...states.done, shown: { ...shownRun, outcome: { ...outcome, after: null } } });
  const plot = figure(studio, 'Accuracy of each class');
  expect(await plotTexts(plot, 'text')).toContain('before');
  await studio.receive({ kind: 'changes', sequence: 2, changes: { shown: shownRun } });
  expect(await plotTexts(plot, 'text')).toContain('after');
});

describe('while a run goes on', () => {
  test('shows what was before, and says that the rest is to come', async () => {
    const studio = await open(runStates.begun);
    expect((await cards(studio)).map((text) => words(text).slice(2).join(' '))).toEqual([
      '79.5% forget accuracy before',
      '94.6% retain accuracy before',
      '/ α forget – not chosen yet',
      '10,000 test samples',
    ]);
    const plot = figure(studio, 'Accuracy of each class');
    expect(await plot.locator('figcaption').innerText()).toContain('not known yet');
    expect(await plotTexts(plot, 'text')).toEqual([
      ...['Shirt', ...outcome.perClass.map((entry) => entry.class).filter((name) => name !== 'Shirt')].map((name) =>
        percent(outcome.perClass.find((entry) => entry.class === name)!.before!),
      ),
      'before',
    ]);
    expect(await figure(studio, 'Where the samples of Shirt go').innerText()).toContain('not known yet');
    await studio.receive({ kind: 'changes', sequence: 2, changes: { shown: shownRun } });
    expect((await plotTexts(plot, 'text'))[0]).toBe('0.4%');
  });

  test('that was broken off says that there is no more to come', async () => {
    const studio = await open(runStates.interrupted);
    const texts = await studio.page.locator('#view-overview figcaption').allInnerTexts();
    expect(texts).toEqual([
      expect.stringContaining('The run was broken off before there was an after.'),
      expect.stringContaining('The run was broken off before they were looked at again.'),
    ]);
  });

  test('before anything is measured says so', async () => {
    const shown = unfinishedRun('running', { before: null, perClass: [], confusionBefore: null });
    const studio = await open({ ...states.running, shown });
    expect(await studio.page.locator('#view-overview').innerText()).toContain('shows here in a moment');
  });
});

describe('before any run', () => {
  test('says what to do, and offers to evaluate', async () => {
    const studio = await open(states.fresh);
    await expect.poll(() => studio.page.locator('.start .todo').count()).toBe(3);
    expect(await studio.page.locator('.preview dt').allInnerTexts()).toEqual(
      (await studio.page.locator('vscode-panel-tab').allInnerTexts()).map((title) => title.trim()),
    );
    await button(studio, 'Evaluate now').click();
    expect(await studio.sent()).toContainEqual({ kind: 'evaluate' });
  });

  test('says what was done already', async () => {
    const studio = await open(states.evaluated);
    expect(await studio.page.locator('.start .done').allInnerTexts()).toEqual([
      expect.stringContaining('it recognises 93.0% of 10,000 test samples.'),
      expect.stringContaining('1 class is ticked'),
    ]);
    await expect.poll(() => button(studio, 'Evaluate now').count()).toBe(0);
  });

  test('without data asks for them first', async () => {
    const studio = await open(snapshot({ ...states.unset }));
    expect(await studio.page.locator('.start li').first().innerText()).toContain('Tell where the model’s data is.');
    await expect.poll(() => button(studio, 'Evaluate now').count()).toBe(0);
  });
});
