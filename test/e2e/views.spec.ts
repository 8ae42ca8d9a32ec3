import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { findChromium } from '../../scripts/editor.js';
import { recipeText } from '../../src/contract/recipes.js';
import type { RunRecord } from '../../src/contract/records.js';
import { seriousFaults } from '../support/studio/axe.js';
import { copyDemo, expect, test } from './editor.js';
import { settled, VIEWS } from './views.js';
import type { Workbench } from './workbench.js';

const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)}%`);
const SHIRT = 6;

test('every view shows what the run has found, and a candidate that is clicked changes them all', async ({
  openEditor,
  folder,
  demo,
}) => {
  test.setTimeout(300_000);
  const workspace = await copyDemo(demo, folder);
  const settings = { 'workbench.colorTheme': 'Default Dark Modern' };
  const editor = await openEditor(workspace, { viewport: { width: 1440, height: 1100 }, settings });
  const { studio } = editor;
  await editor.openModel('fashion.onnx');
  await editor.command('View: Close Primary Side Bar');
  await studio.locator('[role=option][title="Shirt"]').click();
  await studio.getByRole('button', { name: 'Unlearn 1 class' }).click();
  await expect(studio.getByRole('progressbar')).toBeVisible();
  await expect(studio.locator('#result-title')).toHaveText('Shirt is forgotten', { timeout: 120_000 });
  const run = await onlyRun(workspace);
  const { result } = JSON.parse(await readFile(path.join(run, 'run.json'), 'utf8')) as RunRecord;
  await editor.closeNotifications();
  await shows(editor, result);

  // Hardly anything is left of the focus on shirts, and most of that on the other classes.
  const focus = await focusKept(editor);
  const kept = [...focus.values()].filter((_, at) => [...focus.keys()][at] !== 'Shirt');
  expect(focus.get('Shirt')).toBeLessThan(10);
  expect(Math.min(...kept)).toBeGreaterThan(20);
  expect(kept.reduce((sum, share) => sum + share) / kept.length).toBeGreaterThan(60);

  // Every view as a picture, and usable by everybody.
  for (const { title, slug } of VIEWS) {
    const view = await editor.view(title);
    await settled(view);
    await editor.screenshot(`view-${slug}`);
    expect(await faults(editor), title).toEqual([]);
  }

  const search = await editor.view('Search');
  const { id, recipe } = result.candidates.find((candidate) => candidate.forgets && !candidate.chosen)!;
  const point = search.getByRole('button', { name: `${recipeText(recipe)}:` });
  await point.focus();
  await editor.page.keyboard.press('Enter');
  await expect(studio.getByText(`You are looking at another candidate, ${recipeText(recipe)}.`)).toBeVisible({
    timeout: 60_000,
  });
  const file = path.join(run, 'candidates', `${id}.json`);
  const { confusionAfter, recoverabilityAfter, ...candidate } = JSON.parse(await readFile(file, 'utf8'));
  const recoverability = { ...result.recoverability, after: recoverabilityAfter };
  const confusion = { ...result.confusion, after: confusionAfter };
  const other = { ...result, ...candidate, confusion, recoverability };
  expect(other.candidate).toEqual({ id, recipe });
  expect(other.after).not.toEqual(result.after);
  expect(other.layers).not.toEqual(result.layers);
  await shows(editor, other);
  expect(await focusKept(editor)).not.toEqual(focus);
  await editor.screenshot('view-candidate');

  // The same picture after the window was loaded again.
  await editor.view('Layers');
  await editor.command('Developer: Reload Window');
  await expect(studio.getByRole('tab', { name: 'Layers' })).toHaveAttribute('aria-selected', 'true', {
    timeout: 60_000,
  });
  await expect(studio.getByText('You are looking at another candidate')).toBeVisible();
  await showsLayers(editor, other);

  await studio.getByRole('button', { name: 'Back to the saved one' }).click();
  await expect(studio.getByText('You are looking at another candidate')).toHaveCount(0);
  await showsOverview(editor, result);

  await studio.getByRole('button', { name: 'Report', exact: true }).click();
  const tab = editor.page.locator('.tab.active').filter({ hasText: /report|Shirt/i });
  await tab.waitFor({ timeout: 120_000 });
  await offline(path.join(run, 'report.html'), result);
});

test('two runs stand side by side', async ({ openEditor, folder, forgotten }) => {
  const workspace = await copyDemo(forgotten, folder);
  const editor = await openEditor(workspace, { viewport: { width: 1440, height: 1100 } });
  await editor.openModel('fashion.onnx');
  const view = await editor.view('Compare');
  await view.getByRole('combobox', { name: 'Compare with' }).click();
  await view.getByRole('option', { name: /Shirt/ }).click();
  const records = await Promise.all(
    (await readdir(path.join(workspace, '.lethe', 'runs'))).sort().map(async (name) => {
      const text = await readFile(path.join(workspace, '.lethe', 'runs', name, 'run.json'), 'utf8');
      return (JSON.parse(text) as RunRecord).result;
    }),
  );
  // The latest is shown, the other one was chosen.
  const row = (title: string) =>
    view.getByRole('table', { name: 'Both runs in numbers' }).locator('tr').filter({ hasText: title }).locator('td');
  await expect(row('Candidate')).toHaveText(
    [...records].reverse().map(({ candidate }) => recipeText(candidate.recipe)),
  );
  await expect(row('Retain accuracy')).toHaveText(
    [...records]
      .reverse()
      .map(({ before, after }) => `${percent(before.retainAccuracy)} → ${percent(after.retainAccuracy)}`),
  );
  await editor.screenshot('view-compare-runs');
});

test('the region of a cluster that is forgotten goes to its neighbours', async ({ openEditor, folder, clusters }) => {
  const workspace = await copyDemo(clusters, folder);
  const editor = await openEditor(workspace, { viewport: { width: 1440, height: 1100 } });
  const { studio } = editor;
  await editor.openModel('clusters.onnx');
  await studio.locator('[role=option][title="north-west"]').click();
  await studio.getByRole('button', { name: 'Unlearn 1 class' }).click();
  await expect(studio.locator('#result-title')).toHaveText('north-west is forgotten', { timeout: 120_000 });
  await editor.closeNotifications();
  const view = await editor.view('Decision boundary');
  await settled(view);
  await expect(view.locator('.takeover')).toContainText(
    /north-west had \d+\.\d% of this area before\. Nothing of it is left/,
  );
  const rows = await editor.numbers(view);
  const [, before, after, heirs] = rows.find(([name]) => name.startsWith('north-west'))!;
  expect(Number.parseFloat(before)).toBeGreaterThan(15);
  expect([after, heirs]).toEqual(['0.0%', '0.0%']);
  const taken = (name: string) => Number.parseFloat(rows.find(([row]) => row === name)![3]);
  expect(taken('south-west') + taken('north-east')).toBeGreaterThan(95);
  await editor.screenshot('view-clusters');
});

/** That all views show these numbers. */
async function shows(editor: Workbench, result: RunRecord['result']): Promise<void> {
  await showsOverview(editor, result);
  await showsLayers(editor, result);
  await showsBoundary(editor);
  await showsConfusion(editor, result);
  await showsSearch(editor, result);
}

async function showsOverview(
  editor: Workbench,
  { before, after, recoverability, candidate, perClass, confusion }: RunRecord['result'],
) {
  const { alphaR, alphaF } = candidate.recipe;
  const view = await editor.view('Overview');
  const cards = view.locator('.number-card .value');
  await expect(cards.nth(0)).toHaveText(
    new RegExp(`${percent(before.forgetAccuracy)}\\s*to\\s*${percent(after.forgetAccuracy)}`),
  );
  await expect(cards.nth(1)).toHaveText(
    new RegExp(`${percent(before.retainAccuracy)}\\s*to\\s*${percent(after.retainAccuracy)}`),
  );
  const [was, is] = [recoverability.before!, recoverability.after!].map((one) => percent(one.balancedAccuracy));
  await expect(cards.nth(2)).toHaveText(new RegExp(`${was}\\s*to\\s*${is}`));
  await expect(cards.nth(3)).toHaveText(new RegExp(`${alphaR}\\s*/\\s*${alphaF}`));
  const rows = await editor.numbers(view.locator('lethe-figure').filter({ hasText: 'Accuracy of each class' }));
  expect(rows.map(([name, , was, is]) => [name, was, is]).sort()).toEqual(
    perClass.map((entry) => [entry.class, percent(entry.before), percent(entry.after)]).sort(),
  );
  const going = await editor.numbers(
    view.locator('lethe-figure').filter({ hasText: 'Where the samples of Shirt go now' }),
  );
  const total = confusion.after[SHIRT].reduce((sum, count) => sum + count, 0);
  const expected = confusion.after[SHIRT].map(
    (count, index) => [perClass[index].class, percent(count / total)] as const,
  );
  for (const [name, , share] of going) {
    const found = expected.find(([known]) => known === name.replace(/^still /, ''));
    if (found) expect([name, share]).toEqual([name, found[1]]);
  }
  expect(going.length).toBeGreaterThan(2);
}

async function showsLayers(editor: Workbench, { layers }: RunRecord['result']): Promise<void> {
  const view = await editor.view('Layers');
  const cells = (name: string) =>
    view
      .locator('tr')
      .filter({ has: editor.studio.getByRole('button', { name, exact: true }) })
      .locator('td.number');
  for (const layer of layers) {
    const dimensions = [layer.retainDimension, layer.forgetDimension, layer.removedDimension].map((dimension) =>
      dimension > 0 && dimension < 0.1 ? dimension.toFixed(2) : dimension.toFixed(1),
    );
    const width = (layer.in * layer.groups).toLocaleString('en-US');
    await expect(cells(layer.name)).toHaveText([...dimensions, width, percent(layer.weightChange)]);
  }
}

/** The focus kept by each class, in percent. The answers come class by class. */
async function focusKept(editor: Workbench): Promise<ReadonlyMap<string, number>> {
  const view = await editor.view('Saliency');
  await expect(view.locator('.verdict')).toContainText('of the focus on Shirt');
  const figure = view.locator('lethe-figure').filter({ hasText: 'Focus kept by class' });
  await expect.poll(async () => (await editor.numbers(figure)).length, { timeout: 60_000 }).toBe(10);
  return new Map((await editor.numbers(figure)).map(([name, , share]) => [name, Number.parseFloat(share)]));
}

async function showsBoundary(editor: Workbench): Promise<void> {
  const view = await editor.view('Decision boundary');
  await settled(view);
  await expect(view.locator('.takeover')).toContainText('Shirt had');
  await view.locator('.panels').focus();
  await editor.page.keyboard.press('ArrowRight');
  await expect(view.locator('.readout')).toHaveText(
    /^x −?\d+\.\d\d, y −?\d+\.\d\d: before [A-Z].* \d+\.\d%, after [A-Z].* \d+\.\d%$/,
  );
}

async function showsConfusion(editor: Workbench, { confusion, perClass }: RunRecord['result']): Promise<void> {
  const view = await editor.view('Confusion');
  await view.getByRole('radio', { name: 'Counts' }).check();
  const rows = await editor.numbers(view);
  const names = perClass.map((entry) => entry.class);
  const expected = [...confusion.before, ...confusion.after].map((counts, at) => [
    names[at % names.length],
    ...counts.map((count) => count.toLocaleString('en-US')),
  ]);
  expect(rows.filter((row) => row.length === names.length + 1)).toEqual(expected);
}

async function showsSearch(editor: Workbench, { candidates, candidate: chosen }: RunRecord['result']): Promise<void> {
  const view = await editor.view('Search');
  await expect(view.locator('.point')).toHaveCount(candidates.length);
  for (const candidate of candidates) {
    const point = view.getByRole('button', { name: `${recipeText(candidate.recipe)}:` });
    await expect(point).toHaveAccessibleName(
      new RegExp(`kept classes ${percent(candidate.retainAccuracy)}, forgotten ${percent(candidate.forgetAccuracy)}`),
    );
  }
  await expect(view.locator('.point[aria-pressed=true]')).toHaveAccessibleName(
    new RegExp(`^${recipeText(chosen.recipe)}:`),
  );
}

/** What axe finds to be a serious fault of the Studio. */
function faults({ page }: Workbench): Promise<string[]> {
  const frame = page.frames().find((candidate) => candidate.url().includes('fake.html'));
  return seriousFaults(frame!);
}

/** Opens the report in a browser without a network, as somebody who was sent it does. */
async function offline(file: string, { after, layers }: RunRecord['result']): Promise<void> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    await page.goto(`file://${file}`);
    const main = page.locator('main');
    await expect(main).toContainText(percent(after.retainAccuracy));
    await expect(main).toContainText(percent(after.forgetAccuracy));
    for (const { name } of layers) await expect(main).toContainText(name);
    for (const title of ['Where the model looks', 'Decision boundary'])
      await expect(page.getByRole('heading', { name: title })).toBeVisible();
    expect(complaints).toEqual([]);
    await page.setViewportSize({ width: 1000, height: 1100 });
    await page.screenshot({ path: path.resolve(import.meta.dirname, '../../.cache/screenshots/report-page.png') });
    await page.screenshot({
      path: path.resolve(import.meta.dirname, '../../.cache/screenshots/report-whole.png'),
      fullPage: true,
    });
  } finally {
    await browser.close();
  }
}

async function onlyRun(workspace: string): Promise<string> {
  const runs = path.join(workspace, '.lethe', 'runs');
  const names = await readdir(runs);
  expect(names).toHaveLength(1);
  return path.join(runs, names[0]);
}
