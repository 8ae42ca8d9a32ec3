import { expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { studioBrowser } from '../support/studio/browser.js';
import { cells, chooseIn, figure, numbers, percent, plotTexts, points, table } from '../support/studio/locators.js';
import type { StudioPage } from '../support/studio/page.js';
import { outcome, secondRun, shownRun, twoRuns } from '../support/studio/recorded.js';
import { runStates } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';

const pages = studioBrowser();

async function open(shown: StudioSnapshot): Promise<StudioPage> {
  const studio = await pages.open({ state: { tab: 'compare' } });
  await studio.sent();
  await studio.show(shown);
  return studio;
}

const view = ({ page }: StudioPage) => page.locator('#view-compare').innerText();

test('offers the other runs of the model, and asks for the one that is chosen', async () => {
  const studio = await open({ ...states.done, runs: twoRuns });
  const dropdown = studio.page.locator('vscode-dropdown[aria-label="Compare with"]');
  expect((await dropdown.locator('vscode-option').allTextContents()).map((title) => title.trim())).toEqual([
    'Choose a run…',
    expect.stringMatching(/^Bag, .*2026.*\(forgotten 2.1%, kept 91.9%\)$/),
  ]);
  await chooseIn(studio, 'Compare with', 'Bag');
  expect(await studio.sent()).toContainEqual({ kind: 'compare', run: secondRun.folder });
  await studio.receive({ kind: 'changes', sequence: 2, changes: { compared: secondRun } });
  await expect
    .poll(() => dropdown.evaluate((element) => (element as unknown as { value: string }).value))
    .toBe(secondRun.folder);
  await chooseIn(studio, 'Compare with', 'Choose a run');
  expect(await studio.sent()).toContainEqual({ kind: 'compare', run: null });
});

test('puts the numbers of both runs side by side', async () => {
  const studio = await open(runStates.compared);
  const rows = new Map((await cells(table(studio, 'Both runs in numbers'))).map(([title, ...both]) => [title, both]));
  expect(rows.get('Forgets')).toEqual(['Shirt', 'Bag']);
  expect(rows.get('Forget accuracy')).toEqual(['79.5% → 0.4%', '98.8% → 2.1%']);
  expect(rows.get('Retain accuracy')).toEqual(['94.6% → 94.6%', '92.4% → 91.9%']);
  expect(rows.get('Pair')).toEqual(['α retain 300, α forget 100', 'α retain 100, α forget 30']);
  expect(rows.get('Warnings')).toEqual(['1', '0']);
  expect(rows.get('Model')).toEqual(['fashion.forget-shirt.onnx', 'fashion.forget-bag.onnx (not there any more)']);
});

test('compares classes, layers and candidates', async () => {
  const studio = await open(runStates.compared);
  const classes = await numbers(studio, 'Accuracy of each class after');
  expect(classes).toHaveLength(10);
  expect(classes.slice(0, 2)).toEqual([
    ['Bag (B forgets)', '98.3%', '2.1%', points(0.021 - 0.983)],
    ['Shirt (A forgets)', '0.4%', '79.1%', points(0.791 - 0.004)],
  ]);
  for (const entry of outcome.perClass) {
    const other = secondRun.outcome.perClass[entry.index];
    const row = classes.find(([name]) => name.split(' (')[0] === entry.class)!;
    expect(row.slice(1)).toEqual([percent(entry.after!), percent(other.after!), points(other.after! - entry.after!)]);
  }
  const drawn = await plotTexts(figure(studio, 'Accuracy of each class after'), 'y-axis tick label');
  expect(drawn).toEqual(classes.map(([name]) => name));
  const layers = figure(studio, 'Removed from each layer');
  expect(await plotTexts(layers, 'y-axis tick label')).toEqual(outcome.layers.map(({ name }) => name));
  expect((await plotTexts(layers, 'text')).slice(0, 8)).toEqual(
    outcome.layers.map(({ removedDimension }) => removedDimension!.toFixed(2)),
  );
  const candidates = await numbers(studio, 'Candidates of both runs');
  expect(candidates.filter(([run]) => run === 'A')).toHaveLength(25);
  expect(candidates.filter(([run]) => run === 'B')).toHaveLength(15);
  expect(candidates.filter((row) => row[5] === 'result').map((row) => row.slice(0, 3))).toEqual([
    ['A', '300', '100'],
    ['B', '100', '30'],
  ]);
});

test('tells the settings that differ and no others', async () => {
  const studio = await open(runStates.compared);
  expect(await cells(table(studio, 'Settings in which'))).toEqual([
    ['α forget, tried', '1, 3, 10, 30, 100', '3, 10, 30'],
    ['Samples of each kept class', '100', '20'],
    ['Layers to edit', 'all', 'block2.*'],
  ]);
  await studio.receive({
    kind: 'changes',
    sequence: 2,
    changes: { compared: { ...secondRun, settings: shownRun.settings } },
  });
  expect(await view(studio)).toContain('Both runs had the same settings.');
});

test('a layer that only one run edited counts as nothing removed by the other', async () => {
  const layers = secondRun.outcome.layers.slice(2);
  const studio = await open({
    ...runStates.compared,
    compared: { ...secondRun, outcome: { ...secondRun.outcome, layers } },
  });
  const rows = await numbers(studio, 'Removed from each layer');
  expect(rows.find(([name]) => name === 'stem')).toEqual(['stem', '0.20', '0.00', '−0.20']);
});

test('says what it takes where there is nothing to compare', async () => {
  const studio = await open(states.fresh);
  expect(await view(studio)).toContain('It takes two runs of this model.');
  await studio.show({ ...states.done, sequence: 2 });
  expect(await view(studio)).toContain('There is only one run yet');
  await studio.show({ ...runStates.begun, runs: twoRuns, sequence: 3 });
  expect(await view(studio)).toContain('It takes runs that have ended.');
});
