import { describe, expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import type { ConfusionCounts } from '../../src/contract/terms.js';
import { studioBrowser } from '../support/studio/browser.js';
import { largeRun } from '../support/studio/large.js';
import { button, chooseIn, figure, numbers, percent, plotTexts, points } from '../support/studio/locators.js';
import type { StudioOptions, StudioPage } from '../support/studio/page.js';
import { olderCandidate, olderRun, other, outcome, secondRun, shownRun } from '../support/studio/recorded.js';
import { runStates, unfinishedRun } from '../support/studio/runs.js';
import { evaluated, snapshot, states } from '../support/studio/snapshots.js';

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
const [SHIRT, DRESS] = [6, 3];
const [before, after] = [outcome.before!, outcome.after!];
const readable = outcome.recoverability!;
/** Shirt was to be forgotten; of the others those come first that lost most. */
const ORDER = [
  'Shirt',
  ...outcome.perClass
    .filter(({ index }) => index !== SHIRT)
    .sort((a, b) => b.before! - b.after! - (a.before! - a.after!) || a.index - b.index)
    .map((entry) => entry.class),
];

/** What samples of some classes are taken for, by the counts: their own first, then those that get most of them. */
function takenFor(followed: readonly number[], own: string): string[][] {
  const sum = ({ size, counts }: ConfusionCounts, rows: readonly number[], column: (row: number) => number) =>
    rows.reduce((total, row) => total + counts[row * size + column(row)], 0);
  const line = (title: string, rows: readonly number[], column: (row: number) => number) => {
    const [was, is] = [outcome.confusionBefore!, outcome.confusionAfter!].map((counts) => sum(counts, rows, column));
    return { title, was, is };
  };
  const others = outcome.perClass
    .map((entry) =>
      line(
        entry.class,
        followed.filter((row) => row !== entry.index),
        () => entry.index,
      ),
    )
    .filter(({ was, is }) => was + is > 0)
    .sort((a, b) => b.is - a.is || b.was - a.was);
  const total = 1000 * followed.length;
  // Eight are drawn, and a ninth if it is the last one.
  const listed = others.length <= 9 ? others : others.slice(0, 8);
  const rest = others.slice(listed.length);
  const sumOf = (when: 'was' | 'is') => rest.reduce((all, entry) => all + entry[when], 0);
  const folded = rest.length > 0 ? [{ title: `${rest.length} other classes`, was: sumOf('was'), is: sumOf('is') }] : [];
  return [line(own, followed, (row) => row), ...listed, ...folded].map(({ title, was, is }) => [
    ...[title, percent(was / total), percent(is / total), was.toLocaleString('en-US'), is.toLocaleString('en-US')],
  ]);
}

test('cards tell what was forgotten, what it cost, what can be read, with which candidate, and on how many samples', async () => {
  const studio = await open(states.done);
  const { alphaR, alphaF } = outcome.candidate!.recipe;
  const change = (was: number, is: number) => `${percent(was)} to ${percent(is)}`;
  expect((await cards(studio)).map((text) => words(text).join(' '))).toEqual([
    'Forgotten classes 75.3% to 0.0% forget accuracy, −75.3 points',
    `Kept classes ${change(before.retainAccuracy, after.retainAccuracy)} retain accuracy, ${points(after.retainAccuracy - before.retainAccuracy)} points`,
    `Still readable ${change(readable.before!.balancedAccuracy, readable.after!.balancedAccuracy)} recoverability, ± ${(100 * readable.after!.error).toFixed(1)} points`,
    `Refit, α retain / α forget ${alphaR} / ${alphaF} chosen out of ${outcome.candidates.length} candidates`,
    `Measured on 10,000 test samples, in ${outcome.seconds!.total.toFixed(1)} s`,
  ]);
});

describe('what can still be read', () => {
  const view = ({ page }: StudioPage) => page.locator('#view-overview');

  test('is said in a sentence, with what to compare it with', async () => {
    const studio = await open(states.done);
    const [was, is] = [readable.before!, readable.after!].map(({ balancedAccuracy }) => percent(balancedAccuracy));
    const text = await view(studio).innerText();
    expect(text).toContain(
      `After the run, a linear probe on the last hidden layer tells samples of Shirt from others ${is} of the time (${was} before the run; guessing is right 50% of the time).`,
    );
    expect(text).toContain('A model that never saw the class is not at 50% either');
    await studio.page.locator('.number-card lethe-term', { hasText: 'recoverability' }).hover();
    expect(await studio.page.locator('[role=tooltip]:popover-open').innerText()).toContain('linear probe');
  });

  test('is not known of an older record, which is said where there is no card for it', async () => {
    const studio = await open(runStates.older);
    expect((await cards(studio)).map((text) => words(text)[0])).toEqual([
      'Forgotten',
      'Kept',
      'Projection,',
      'Measured',
    ]);
    expect(await view(studio).innerText()).toContain(
      'How well the forgotten classes can still be read from inside the model is not known.',
    );
  });

  test('is not known after a candidate that it can’t be told of', async () => {
    const recoverability = { ...readable, after: null };
    const studio = await open({ ...states.done, shown: { ...shownRun, outcome: { ...outcome, recoverability } } });
    expect(words((await cards(studio))[2]).join(' ')).toBe(
      `Still readable ${percent(readable.before!.balancedAccuracy)} recoverability before, ± ${(100 * readable.before!.error).toFixed(1)} points`,
    );
  });

  test('comes while a run goes on, first of the model as it is', async () => {
    const studio = await open(runStates.begun);
    expect(words((await cards(studio))[2]).join(' ')).toBe('Still readable – not known yet');
    await studio.show({ ...runStates.searching, sequence: 2 });
    expect((await cards(studio))[2]).toContain('recoverability before');
    expect(await view(studio).innerText()).toContain('Before the run, a linear probe on the last hidden layer told');
    const unknown = unfinishedRun('running', { recoverability: { before: null, after: null } });
    await studio.show({ ...states.running, shown: unknown, sequence: 3 });
    expect(await cards(studio)).toHaveLength(4);
    expect(await view(studio).innerText()).toContain('can still be read from inside the model is not known');
  });
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
    const rows = takenFor([SHIRT], 'still Shirt');
    const [[own], [most, , share]] = rows;
    expect(own).toBe('still Shirt');
    expect(await plot.locator('figcaption').innerText()).toContain(
      `More are taken for ${most} now than for any other class: ${share} of them.`,
    );
    expect(await plotTexts(plot, 'y-axis tick label')).toEqual(rows.map(([title]) => title));
    expect(await plotTexts(plot, 'text')).toEqual(rows.map(([, , share]) => share));
    expect(await numbers(studio, 'Where the samples')).toEqual(rows);
  });

  test('of one class, of which most go to another one', async () => {
    const { size } = outcome.confusionAfter!;
    const counts = outcome.confusionAfter!.counts.slice();
    counts.fill(0, SHIRT * size, (SHIRT + 1) * size);
    counts[SHIRT * size] = 996;
    counts[SHIRT * size + SHIRT] = 4;
    const studio = await open({
      ...states.done,
      shown: { ...shownRun, outcome: { ...outcome, confusionAfter: { size, counts } } },
    });
    expect(await figure(studio, 'Where the samples of Shirt go now').locator('figcaption').innerText()).toContain(
      'Most are taken for T-shirt/top now: 99.6% of them.',
    );
  });

  test('of several classes together or of each, which is remembered', async () => {
    const perClass = outcome.perClass.map((entry) => {
      return entry.class === 'Dress' ? { ...entry, role: 'forget' as const } : entry;
    });
    const shown = { ...shownRun, outcome: { ...outcome, forget: ['Dress', 'Shirt'], perClass } };
    const studio = await open({ ...states.done, shown });
    expect(await numbers(studio, 'Where the samples of Dress and Shirt go now')).toEqual(
      takenFor([DRESS, SHIRT], 'still their own class'),
    );
    await chooseIn(studio, 'Samples of', 'Dress');
    expect(await numbers(studio, 'Where the samples of Dress go now')).toEqual(takenFor([DRESS], 'still Dress'));
    expect(await studio.state()).toMatchObject({ overview: { from: DRESS } });
  });
});

describe('warnings', () => {
  test('come with a word and before the notes', async () => {
    expect(await remarks(await open(runStates.older))).toEqual([
      'Warning: Coat lost 10.4 points, from 88.6% to 78.2%; set a limit under "protect" if that is too much.',
      'Warning: Sandal lost 5.8 points, from 98.2% to 92.4%; set a limit under "protect" if that is too much.',
    ]);
    const policy = [...secondRun.outcome.policy, olderRun.outcome.policy[0]];
    expect(policy.map(({ severity }) => severity)).toEqual(['error', 'warning']);
    const shown = { ...secondRun, outcome: { ...secondRun.outcome, policy } };
    expect(await remarks(await open({ ...states.done, shown }))).toEqual([
      `Limit not met: ${policy[0].message}.`,
      `Warning: ${policy[1].message}.`,
      'This model was superseded by fashion.forget-shirt.onnx already: what that forgot is still known here.',
    ]);
    const [worst] = await remarks(await open({ ...states.done, shown: olderCandidate }));
    expect(worst).toBe('Limit not met: Shirt must be forgotten but is recognised 7.0% of the time (limit 1%).');
  });

  test('that there are none is said too', async () => {
    const shown = { ...shownRun, outcome: { ...outcome, policy: [], notes: [] } };
    expect(await remarks(await open({ ...states.done, shown }))).toEqual([
      'Every limit is met, and no kept class lost more than it may.',
    ]);
  });

  test('of a thousand classes are folded', async () => {
    const large = largeRun();
    const { outcome } = large.shown!;
    const total = outcome.policy.length;
    const { notes } = secondRun.outcome;
    const studio = await open({ ...large, shown: { ...large.shown!, outcome: { ...outcome, notes } } });
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

test('a candidate that is not the one that the search chose was chosen by hand', async () => {
  const shown = { ...shownRun, saved: other, outcome: { ...outcome, candidate: other } };
  const studio = await open({ ...states.done, shown });
  expect((await cards(studio))[3]).toContain(`chosen by hand out of ${outcome.candidates.length} candidates`);
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
      `${percent(before.forgetAccuracy)} forget accuracy before`,
      `${percent(before.retainAccuracy)} retain accuracy before`,
      '– not known yet',
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
    expect((await plotTexts(plot, 'text'))[0]).toBe('0.0%');
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
      expect.stringContaining(`it recognises ${percent(evaluated.measured!.accuracy)} of 10,000 test samples.`),
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
