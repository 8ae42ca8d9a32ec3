import { describe, expect, test } from 'vitest';
import { recipeText } from '../../src/contract/recipes.js';
import { settingsOf } from '../../src/contract/settings.js';
import type { FromStudio, StudioSnapshot } from '../../src/contract/studio.js';
import { dateTimeText } from '../../src/contract/text.js';
import { studioBrowser } from '../support/studio/browser.js';
import { button, chooseIn, figure, isDisabled, openTab, plotTexts } from '../support/studio/locators.js';
import type { StudioPage } from '../support/studio/page.js';
import { olderCandidate, olderRun, other, secondRun, shownRun, twoRuns } from '../support/studio/recorded.js';
import { runStates } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';

const pages = studioBrowser();

async function open(shown: StudioSnapshot): Promise<StudioPage> {
  const studio = await pages.open();
  await studio.sent();
  await studio.show(shown);
  return studio;
}

/** What was sent, without the questions. */
async function sent(studio: StudioPage): Promise<FromStudio[]> {
  return (await studio.sent()).filter(({ kind }) => kind !== 'ask' && kind !== 'dropQuestion');
}

const title = ({ page }: StudioPage) => page.locator('.run-header h2').innerText();
const text = ({ page }: StudioPage) => page.locator('.run-header').innerText();

describe('a result', () => {
  test('says what came of it and where the new model is, and stays while another job runs', async () => {
    const studio = await open(states.done);
    expect(await title(studio)).toBe('Shirt is forgotten');
    expect(await text(studio)).toContain('All limits met');
    expect(await text(studio)).toContain('The new model is fashion.forget-shirt.onnx.');
    const run = { ...states.running.run!, kind: 'evaluate' as const, classes: [] };
    await studio.receive({ kind: 'changes', sequence: 2, changes: { run } });
    expect(await title(studio)).toBe('Shirt is forgotten');
  });

  test('that misses a limit does not say otherwise', async () => {
    const studio = await open(states.missed);
    expect(await title(studio)).toBe('Shirt is still recognised');
    expect(await text(studio)).toContain('1 limit not met');
  });

  test('can be opened, saved under another name, and done again', async () => {
    const studio = await open(states.done);
    const header = studio.page.locator('.run-header');
    for (const name of ['Open new model', 'Save as…', 'Copy command line']) {
      await header.locator('vscode-button', { hasText: name }).click();
    }
    expect(await sent(studio)).toEqual([
      { kind: 'open', what: 'output' },
      { kind: 'save', as: true },
      { kind: 'copyRunCommandLine' },
    ]);
    await expect.poll(() => button(studio, 'Save').count()).toBe(0);
    await expect.poll(() => button(studio, 'Save this one').count()).toBe(0);
  });

  test('has a report, with pictures of forgotten classes only when they are asked for', async () => {
    const studio = await open(states.done);
    await button(studio, 'Report').click();
    expect(await text(studio)).not.toContain('mind who gets it');
    await studio.page.locator('.report vscode-checkbox').click();
    expect(await text(studio)).toContain('mind who gets it');
    await button(studio, 'Report').click();
    expect(await sent(studio)).toEqual([
      { kind: 'report', forgottenPictures: false },
      { kind: 'report', forgottenPictures: true },
    ]);
    await studio.page.locator('.report vscode-checkbox').focus();
    await studio.page.keyboard.press(' ');
    expect(await studio.state()).toMatchObject({ forgottenPictures: false });
  });

  test('whose model was deleted can be saved again, not opened', async () => {
    const studio = await open(runStates.deleted);
    expect(await text(studio)).toContain('fashion.forget-shirt.onnx, which is not there any more');
    await expect.poll(() => button(studio, 'Open new model').count()).toBe(0);
    await button(studio, 'Save').click();
    expect(await sent(studio)).toEqual([{ kind: 'save', as: false }]);
  });

  test('that is this very model is not opened from itself', async () => {
    const studio = await open(runStates.made);
    expect(await text(studio)).toContain('This model is the result. It was made from fashion.onnx on ');
    await expect.poll(() => button(studio, 'Open new model').count()).toBe(0);
  });
});

describe('another candidate than the saved one', () => {
  test('is said, and can be saved, saved elsewhere, or left', async () => {
    const studio = await open(runStates.other);
    expect(await studio.page.locator('.run-header .banner p').innerText()).toBe(
      `You are looking at another candidate, ${recipeText(other.recipe)}. The saved model was made with ${recipeText(shownRun.saved!.recipe)}.`,
    );
    for (const name of ['Save this one', 'Save as…', 'Back to the saved one', 'Open saved model']) {
      await button(studio, name).click();
    }
    expect(await sent(studio)).toEqual([
      { kind: 'save', as: false },
      { kind: 'save', as: true },
      { kind: 'choose', candidate: shownRun.saved!.id },
      { kind: 'open', what: 'output' },
    ]);
  });

  test('changes what every view shows, and nothing can be saved while the next one is made', async () => {
    const studio = await open(runStates.older);
    const older = olderCandidate.outcome.candidate!;
    const forgotten = async () => (await plotTexts(figure(studio, 'Accuracy of each class'), 'text'))[0];
    expect(await forgotten()).toBe('0.0%');
    await studio.receive({ kind: 'changes', sequence: 2, changes: { choosing: older } });
    expect(await text(studio)).toContain('Making the candidate with α retain 10, α forget 1…');
    await studio.receive({ kind: 'changes', sequence: 3, changes: { choosing: null, shown: olderCandidate } });
    expect(await forgotten()).toBe('7.0%');
    expect(await title(studio)).toBe('Shirt is still recognised');
    await openTab(studio, 'search');
    expect(await studio.page.locator('.point[aria-pressed=true]').getAttribute('data-candidate')).toBe(older.id);
    await studio.receive({ kind: 'changes', sequence: 4, changes: { choosing: olderRun.outcome.candidates[3] } });
    for (const name of ['Save this one', 'Save as…', 'Back to the saved one']) {
      expect(await isDisabled(button(studio, name))).toBe(true);
    }
  });
});

describe('several runs', () => {
  test('are listed, and another one is asked for', async () => {
    const studio = await open({ ...states.done, runs: twoRuns });
    const dropdown = studio.page.locator('vscode-dropdown[aria-label=Run]');
    const value = () => dropdown.evaluate((element) => (element as unknown as { value: string }).value);
    await expect.poll(value).toBe(shownRun.folder);
    await chooseIn(studio, 'Run', 'Bag');
    expect(await sent(studio)).toEqual([{ kind: 'show', run: secondRun.folder }]);
    // As long as it is not shown, the list does not say so.
    await studio.receive({ kind: 'changes', sequence: 2, changes: { selected: [1] } });
    await expect.poll(value).toBe(shownRun.folder);
    await studio.receive({ kind: 'changes', sequence: 3, changes: { shown: secondRun } });
    await expect.poll(value).toBe(secondRun.folder);
    // That Shirt is not was not what this run was for.
    expect(await title(studio)).toBe('Bag is forgotten');
    expect(await text(studio)).toContain('1 limit not met');
  });

  test('a new one shows by itself', async () => {
    const studio = await open(states.done);
    await expect.poll(() => studio.page.locator('vscode-dropdown[aria-label=Run]').count()).toBe(0);
    await studio.receive({ kind: 'changes', sequence: 2, changes: { runs: twoRuns, shown: secondRun } });
    const dropdown = studio.page.locator('vscode-dropdown[aria-label=Run]');
    await expect
      .poll(() => dropdown.evaluate((element) => (element as unknown as { value: string }).value))
      .toBe(secondRun.folder);
  });
});

test('a run that was broken off can be come back to', async () => {
  const studio = await open(runStates.asideOfRecorded);
  expect(await title(studio)).toBe('Shirt is forgotten');
  await chooseIn(studio, 'Run', 'broken off');
  expect(await sent(studio)).toEqual([{ kind: 'show', run: null }]);
  await studio.show({ ...runStates.interrupted, sequence: 2 });
  await expect.poll(() => title(studio)).toBe('This run was broken off');
  await chooseIn(studio, 'Run', `Shirt, ${dateTimeText(shownRun.created)} (forgotten 0.0%`);
  expect(await sent(studio)).toEqual([{ kind: 'show', run: shownRun.folder }]);
});

test('a run that goes on says that more is to come', async () => {
  const studio = await open(runStates.begun);
  expect(await title(studio)).toBe('What is known so far');
  expect(await text(studio)).toContain('Shirt is being forgotten.');
  await expect.poll(() => button(studio, 'Report').count()).toBe(0);
});

test('a run that was broken off says so, and is run again with the same classes and settings', async () => {
  const studio = await open({ ...runStates.interrupted, selected: [2] });
  expect(await title(studio)).toBe('This run was broken off');
  expect(await text(studio)).toContain('It was to forget Shirt');
  await button(studio, 'Run it again').click();
  expect(await sent(studio)).toEqual([
    { kind: 'select', selected: [6] },
    { kind: 'unlearn', settings: {} },
  ]);
  // Whatever the editor's settings are by now.
  const defaults = settingsOf({ samples: 20, layers: 'residual*' });
  await studio.receive({ kind: 'changes', sequence: 2, changes: { defaults } });
  await button(studio, 'Run it again').click();
  const { samples, forgetSamples } = shownRun.settings!;
  expect((await sent(studio)).at(-1)).toEqual({ kind: 'unlearn', settings: { samples, forgetSamples, layers: '*' } });
});

test('before any run it says what the model knows', async () => {
  const studio = await open(states.fresh);
  expect(await text(studio)).toContain('Nobody has measured yet');
  await studio.show({ ...states.evaluated, sequence: 2 });
  expect(await text(studio)).toContain('The model recognises 92.7% of 10,000 test samples.');
  await studio.show({ ...states.restricted, sequence: 3 });
  expect(await text(studio)).toContain('Trust this workspace');
});
