import { expect, test } from 'vitest';
import { recipeText } from '../../src/contract/recipes.js';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { dateTimeText } from '../../src/contract/text.js';
import { studioBrowser } from '../support/studio/browser.js';
import { cells, chooseIn, figure, numbers, percent, plotTexts, points, table } from '../support/studio/locators.js';
import type { StudioPage } from '../support/studio/page.js';
import { olderRun, outcome, secondRun, shownRun, twoRuns } from '../support/studio/recorded.js';
import { runStates } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';

const pages = studioBrowser();

async function open(shown: StudioSnapshot): Promise<StudioPage> {
  const studio = await pages.open({ state: { tab: 'compare' } });
  await studio.sent();
  await studio.show(shown);
  return studio;
}

const second = secondRun.outcome.after!;

const view = ({ page }: StudioPage) => page.locator('#view-compare').innerText();

test('offers the other runs of the model, and asks for the one that is chosen', async () => {
  const studio = await open({ ...states.done, runs: twoRuns });
  const dropdown = studio.page.locator('vscode-dropdown[aria-label="Compare with"]');
  expect((await dropdown.locator('vscode-option').allTextContents()).map((title) => title.trim())).toEqual([
    'Choose a run…',
    `Bag, ${dateTimeText(secondRun.created)} (forgotten ${percent(second.forgetAccuracy)}, kept ${percent(second.retainAccuracy)})`,
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
  expect(rows.get('Forget accuracy')).toEqual(['75.3% → 0.0%', '98.4% → 0.0%']);
  expect(rows.get('Retain accuracy')).toEqual(
    [outcome, secondRun.outcome].map(
      ({ before, after }) => `${percent(before!.retainAccuracy)} → ${percent(after!.retainAccuracy)}`,
    ),
  );
  expect(rows.get('Recoverability')).toEqual(
    [outcome, secondRun.outcome].map(({ recoverability }) => {
      const [was, is] = [recoverability!.before!, recoverability!.after!];
      return `${percent(was.balancedAccuracy)} → ${percent(is.balancedAccuracy)} ± ${(100 * is.error).toFixed(1)}`;
    }),
  );
  expect(rows.get('Method')).toEqual(['Refit', 'Projection (as in the paper)']);
  expect(rows.get('Candidate')).toEqual(
    [outcome, secondRun.outcome].map(({ candidate }) => recipeText(candidate!.recipe)),
  );
  expect(rows.get('Limits')).toEqual(['all met', '1 limit not met']);
  expect(rows.get('Warnings')).toEqual(
    [outcome, secondRun.outcome].map(
      ({ policy }) => `${policy.filter(({ severity }) => severity === 'warning').length}`,
    ),
  );
  expect(rows.get('Layers edited')).toEqual(['8', '4']);
  expect(rows.get('Model')).toEqual(['fashion.forget-shirt.onnx', 'fashion.forget-bag.onnx (not there any more)']);
});

test('compares classes, layers and candidates', async () => {
  const studio = await open(runStates.compared);
  const classes = await numbers(studio, 'Accuracy of each class after');
  expect(classes).toHaveLength(10);
  expect(classes.slice(0, 2).map(([name]) => name)).toEqual(['Bag (B forgets)', 'Shirt (A forgets)']);
  for (const entry of outcome.perClass) {
    const other = secondRun.outcome.perClass[entry.index];
    const row = classes.find(([name]) => name.split(' (')[0] === entry.class)!;
    expect(row.slice(1)).toEqual([percent(entry.after!), percent(other.after!), points(other.after! - entry.after!)]);
  }
  const drawn = await plotTexts(figure(studio, 'Accuracy of each class after'), 'y-axis tick label');
  expect(drawn).toEqual(classes.map(([name]) => name));
  const layers = figure(studio, 'Removed from each layer');
  expect(await plotTexts(layers, 'y-axis tick label')).toEqual(outcome.layers.map(({ name }) => name));
  // The second run left the first four layers alone.
  const removed = (name: string) =>
    secondRun.outcome.layers.find((layer) => layer.name === name)?.removedDimension ?? 0;
  const texts = await plotTexts(layers, 'text');
  expect(texts.slice(0, 8)).toEqual(outcome.layers.map(({ removedDimension }) => removedDimension!.toFixed(2)));
  expect(texts.slice(9, 17)).toEqual(outcome.layers.map(({ name }) => removed(name).toFixed(2)));
  const candidates = await numbers(studio, 'Candidates of both runs');
  expect(candidates.filter(([run]) => run === 'A')).toHaveLength(outcome.candidates.length);
  expect(candidates.filter(([run]) => run === 'B')).toHaveLength(12);
  const results = [outcome, secondRun.outcome].map(({ candidate }) => candidate!.recipe);
  expect(candidates.filter((row) => row.at(-1) === 'result').map((row) => row.slice(0, 4))).toEqual(
    results.map(({ method, alphaR, alphaF }, at) => ['AB'[at], method, `${alphaR}`, `${alphaF}`]),
  );
  const plot = figure(studio, 'Candidates of both runs').locator('svg[role=img]');
  expect(await plot.getAttribute('aria-label')).toContain('against recoverability');
});

test('compares candidates by what is recognised where one run does not know what can be read', async () => {
  const studio = await open({ ...runStates.compared, compared: { ...olderRun, folder: secondRun.folder } });
  const rows = new Map((await cells(table(studio, 'Both runs in numbers'))).map(([title, ...both]) => [title, both]));
  expect(rows.get('Recoverability')![1]).toBe('not known');
  const plot = figure(studio, 'Candidates of both runs').locator('svg[role=img]');
  expect(await plot.getAttribute('aria-label')).toContain('against forget accuracy');
  expect(await numbers(studio, 'Candidates of both runs')).toHaveLength(outcome.candidates.length + 20);
});

test('tells the settings that differ and no others', async () => {
  const studio = await open(runStates.compared);
  expect(await cells(table(studio, 'Settings in which'))).toEqual([
    ['Method', 'refit', 'projection'],
    ['α retain, tried', 'searched for', '10, 30, 100, 300'],
    ['α forget, tried', 'searched for', '3, 10, 30'],
    ['Samples of each kept class', '150', '20'],
    ['Samples of each class to forget', '1,350', '180'],
    ['Layers to edit', 'all', '{residual*,hidden,logits}'],
  ]);
  await studio.receive({
    kind: 'changes',
    sequence: 2,
    changes: { compared: { ...secondRun, settings: shownRun.settings } },
  });
  expect(await view(studio)).toContain('Both runs had the same settings.');
});

test('a layer that only one run edited counts as nothing removed by the other', async () => {
  const [stem] = outcome.layers;
  expect(secondRun.outcome.layers.map(({ name }) => name)).not.toContain(stem.name);
  const studio = await open(runStates.compared);
  const rows = await numbers(studio, 'Removed from each layer');
  const removed = stem.removedDimension!.toFixed(2);
  expect(rows.find(([name]) => name === stem.name)).toEqual([stem.name, removed, '0.00', `−${removed}`]);
});

test('says what it takes where there is nothing to compare', async () => {
  const studio = await open(states.fresh);
  expect(await view(studio)).toContain('It takes two runs of this model.');
  await studio.show({ ...states.done, sequence: 2 });
  expect(await view(studio)).toContain('There is only one run yet');
  await studio.show({ ...runStates.begun, runs: twoRuns, sequence: 3 });
  expect(await view(studio)).toContain('It takes runs that have ended.');
});
