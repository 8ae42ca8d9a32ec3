import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { studioBrowser } from '../support/studio/browser.js';
import { large } from '../support/studio/large.js';
import { chooseIn } from '../support/studio/locators.js';
import { type StudioOptions, type StudioPage, screenshots } from '../support/studio/page.js';
import { outcome, shownRun } from '../support/studio/recorded.js';
import { snapshot } from '../support/studio/snapshots.js';
import { THEMES } from '../support/studio/themes.js';

const pages = studioBrowser();

const isOpen = { open: { settings: true } };
const ready = snapshot({ selected: [6] });
const names = ready.facts!.layers.map(({ name }) => name);

async function open(shown: StudioSnapshot = ready, options: StudioOptions = {}): Promise<StudioPage> {
  const studio = await pages.open({ state: isOpen, ...options });
  await studio.show(shown);
  await studio.sent();
  return studio;
}

function button({ page }: StudioPage, name: string): Locator {
  return page.locator('vscode-button', { hasText: new RegExp(`^\\s*${name}\\s*$`) });
}

const write = ({ page }: StudioPage, name: string, text: string) =>
  page.locator(`[data-setting=${name}] input`).fill(text);
const written = ({ page }: StudioPage, name: string) => page.locator(`[data-setting=${name}] input`).inputValue();
const hint = ({ page }: StudioPage, name: string) =>
  page.locator(`[data-setting=${name}] input`).getAttribute('placeholder');
const choose = ({ page }: StudioPage, name: string) => page.getByRole('radio', { name, exact: true }).click();
const chosen = ({ page }: StudioPage) => page.locator('vscode-radio[aria-checked=true]').allTextContents();
const problems = ({ page }: StudioPage) => page.locator('.settings .problem').allInnerTexts();
const method = ({ page }: StudioPage) => page.locator('vscode-dropdown[aria-label=Method] .selected-value').innerText();
const edited = ({ page }: StudioPage) => page.locator('[data-layers]').innerText();
const count = ({ page }: StudioPage) => page.locator('summary', { hasText: 'Settings' }).innerText();

/** What the page has asked the host to do; pictures of the classes are another matter. */
const orders = async (studio: StudioPage) => (await studio.sent()).filter(({ kind }) => kind !== 'ask');

/** The settings that a run would be started with. */
async function settingsSent(studio: StudioPage): Promise<unknown> {
  await studio.sent();
  await button(studio, 'Unlearn 1 class').click();
  const [message] = await orders(studio);
  return message && 'settings' in message ? message.settings : undefined;
}

test('show what is taken where nothing is set', async () => {
  const defaults = {
    ...{ ...ready.defaults, samples: 77, maxPatches: 1234, alphaR: [5, 6], alphaF: [7], seed: 9 },
    ...{ method: 'projection' as const, tolerance: 0.005 },
  };
  const studio = await open({ ...ready, defaults });
  const hints = await Promise.all(
    ['tolerance', 'alphaR', 'alphaF', 'samples', 'maxPatches', 'seed'].map((name) => hint(studio, name)),
  );
  expect(hints).toEqual(['0.5', '5, 6', '7', '77', '1234', '9']);
  await expect.poll(() => method(studio)).toBe('Projection (as in the paper)');
  expect(await chosen(studio)).toEqual(['Automatic', 'Search', 'All layers']);
  expect(await edited(studio)).toBe(`All ${names.length} layers will be edited.`);
  expect(await count(studio)).toMatch(/defaults/);
  expect(await studio.page.locator('.settings').innerText()).toContain('nine times as many');
  expect(await settingsSent(studio)).toEqual({});
});

test('go with the run and the command line, and block both while one is wrong', async () => {
  const studio = await open();
  await write(studio, 'samples', '50');
  await write(studio, 'alphaR', '10, 30 100');
  await write(studio, 'alphaF', '1, -3');
  expect(await problems(studio)).toEqual(['Enter positive numbers up to 100,000, like 10, 30, 100.']);
  expect(await button(studio, 'Unlearn 1 class').getAttribute('disabled')).not.toBeNull();
  await write(studio, 'alphaF', '0.5');
  expect(await count(studio)).toMatch(/3 changes/);
  const settings = { samples: 50, alphaR: [10, 30, 100], alphaF: [0.5] };
  expect(await settingsSent(studio)).toEqual(settings);
  await button(studio, 'Copy command line').click();
  expect(await orders(studio)).toEqual([{ kind: 'copyCommandLine', settings }]);
  await button(studio, 'Reset to defaults').click();
  expect(await settingsSent(studio)).toEqual({});
});

describe('the method', () => {
  test('is refit unless another one is chosen, and says what it does', async () => {
    const studio = await open();
    await expect.poll(() => method(studio)).toBe('Refit');
    expect(await studio.page.locator('.settings').innerText()).toContain('Biases change too.');
    await chooseIn(studio, 'Method', 'Projection');
    expect(await studio.page.locator('.settings').innerText()).toContain('Nothing is fitted again');
    expect(await count(studio)).toMatch(/1 change/);
    expect(await settingsSent(studio)).toEqual({ method: 'projection' });
    const again = await open(ready, { state: await studio.state() });
    await expect.poll(() => method(again)).toBe('Projection (as in the paper)');
    await chooseIn(again, 'Method', 'Refit');
    expect(await settingsSent(again)).toEqual({});
  });
});

describe('the depth', () => {
  const dial = ({ page }: StudioPage) => page.locator('.settings .depth-dial input');

  test('follows what may be given up for it, in points', async () => {
    const studio = await open();
    expect(await hint(studio, 'tolerance')).toBe('1');
    await write(studio, 'tolerance', '2.5');
    expect(await settingsSent(studio)).toEqual({ tolerance: 0.025 });
    await write(studio, 'tolerance', '0');
    expect(await settingsSent(studio)).toEqual({ tolerance: 0 });
    await write(studio, 'tolerance', '-1');
    expect(await problems(studio)).toEqual(['Enter points from 0 to 100, like 1 or 0.5.']);
    expect(await button(studio, 'Unlearn 1 class').getAttribute('disabled')).not.toBeNull();
    // On the dial it says nothing.
    await choose(studio, 'On a dial');
    expect(await settingsSent(studio)).toEqual({ depth: 0.5 });
  });

  test('is a place on a dial, which keys move, and is found again', async () => {
    const studio = await open();
    await expect.poll(() => dial(studio).count()).toBe(0);
    await choose(studio, 'On a dial');
    await dial(studio).focus();
    await studio.page.keyboard.press('ArrowRight');
    expect(await studio.page.locator('.settings').innerText()).toContain('Depth 0.6');
    await studio.page.keyboard.press('ArrowRight');
    expect(await settingsSent(studio)).toEqual({ depth: 0.7 });
    await dial(studio).focus();
    await studio.page.keyboard.press('Home');
    expect(await settingsSent(studio)).toEqual({ depth: 0 });
    const again = await open(ready, { state: await studio.state() });
    expect(await dial(again).inputValue()).toBe('0');
    expect(await settingsSent(again)).toEqual({ depth: 0 });
    await choose(again, 'Automatic');
    expect(await settingsSent(again)).toEqual({});
  });

  test('is that of the editor’s settings, which may be left to the run again', async () => {
    const studio = await open({ ...ready, defaults: { ...ready.defaults, depth: 1 } });
    expect(await dial(studio).inputValue()).toBe('10');
    expect(await settingsSent(studio)).toEqual({});
    await choose(studio, 'Automatic');
    expect(await settingsSent(studio)).toEqual({ depth: null });
  });

  test('is nothing to choose with a fixed pair', async () => {
    const studio = await open();
    await choose(studio, 'On a dial');
    await choose(studio, 'Fixed pair');
    expect(await dial(studio).isDisabled()).toBe(true);
    expect(await studio.page.locator('.settings').innerText()).toContain(
      'there is one candidate, and no depth to choose',
    );
    expect(await settingsSent(studio)).toEqual({ alphaR: [30], alphaF: [10] });
    await choose(studio, 'Search');
    expect(await settingsSent(studio)).toEqual({ depth: 0.5 });
  });
});

test('alphas are searched for, unless lists are written, of which every pair is tried', async () => {
  const studio = await open();
  expect([await hint(studio, 'alphaR'), await hint(studio, 'alphaF')]).toEqual(['searched for', 'searched for']);
  expect(await studio.page.locator('.settings').innerText()).toContain('finds good values by itself');
  await write(studio, 'alphaR', '10 30');
  expect(await studio.page.locator('.settings').innerText()).toContain('Every pair of these values is tried');
  expect(await hint(studio, 'alphaF')).toBe('the usual values');
  expect(await settingsSent(studio)).toEqual({ alphaR: [10, 30] });
});

describe('a fixed pair', () => {
  test('starts from the middle of what would be tried, and from the candidate that is shown', async () => {
    const listed = await open({ ...ready, defaults: { ...ready.defaults, alphaR: [5, 6, 7], alphaF: [2] } });
    await choose(listed, 'Fixed pair');
    expect(await settingsSent(listed)).toEqual({ alphaR: [6], alphaF: [2] });
    const studio = await open();
    await choose(studio, 'Fixed pair');
    expect(await settingsSent(studio)).toEqual({ alphaR: [30], alphaF: [10] });
    await write(studio, 'pairF', '');
    expect(await problems(studio)).toEqual(['Enter a positive number up to 100,000, like 30.']);
    await write(studio, 'pairF', '7');
    expect(await settingsSent(studio)).toEqual({ alphaR: [30], alphaF: [7] });
    // What was written stays for when it is chosen again.
    await choose(studio, 'Search');
    expect(await settingsSent(studio)).toEqual({});
    await choose(studio, 'Fixed pair');
    await expect.poll(() => written(studio, 'pairR')).toBe('30');
    await expect.poll(() => written(studio, 'pairF')).toBe('7');
    expect(await settingsSent(studio)).toEqual({ alphaR: [30], alphaF: [7] });

    const after = await open({ ...ready, shown: shownRun });
    await choose(after, 'Fixed pair');
    const { alphaR, alphaF } = outcome.candidate!.recipe;
    expect(await settingsSent(after)).toEqual({ alphaR: [alphaR], alphaF: [alphaF] });
  });

  test('is chosen by keyboard too, and found again', async () => {
    const studio = await open();
    await studio.page.getByRole('radio', { name: 'Search', exact: true }).focus();
    await studio.page.keyboard.press('ArrowRight');
    expect(await chosen(studio)).toEqual(['Automatic', 'Fixed pair', 'All layers']);
    const again = await open(ready, { state: await studio.state() });
    expect(await chosen(again)).toEqual(['Automatic', 'Fixed pair', 'All layers']);
    expect(await settingsSent(again)).toEqual({ alphaR: [30], alphaF: [10] });
    await button(again, 'Reset to defaults').click();
    expect(await chosen(again)).toEqual(['Automatic', 'Search', 'All layers']);
  });
});

describe('the layers to edit', () => {
  test('are the last ones, and the price of that is said', async () => {
    const studio = await open();
    await expect.poll(() => studio.page.locator('.caution').count()).toBe(0);
    await choose(studio, 'Last n');
    await write(studio, 'last', '2');
    expect(await edited(studio)).toBe(`2 of ${names.length} layers will be edited: ${names.slice(-2).join(' and ')}.`);
    expect(await studio.page.locator('.caution').innerText()).toContain('Fewer layers forget less deeply');
    expect(await settingsSent(studio)).toEqual({ layers: `{${names.slice(-2).join(',')}}` });
    await write(studio, 'last', `${names.length + 1}`);
    expect(await problems(studio)).toEqual([`Enter a whole number from 1 to ${names.length}.`]);
    expect(await button(studio, 'Unlearn 1 class').getAttribute('disabled')).not.toBeNull();
    await write(studio, 'last', `${names.length}`);
    expect(await edited(studio)).toBe(`All ${names.length} layers will be edited.`);
    expect(await settingsSent(studio)).toEqual({});
  });

  test('match a pattern, as it is written', async () => {
    const studio = await open();
    await choose(studio, 'Matching a pattern');
    expect(await hint(studio, 'layers')).toBe('*');
    await write(studio, 'layers', 'residual*');
    const matched = names.filter((name) => name.startsWith('residual'));
    expect(matched.length).toBeGreaterThan(0);
    expect(await edited(studio)).toContain(`${matched.length} of ${names.length} layers`);
    expect(await settingsSent(studio)).toEqual({ layers: 'residual*' });
    await write(studio, 'layers', 'residul*');
    expect(await problems(studio)).toEqual(['No layer’s name matches this pattern.']);
    await choose(studio, 'All layers');
    expect(await settingsSent(studio)).toEqual({});
  });

  test('are those of the editor’s settings where nothing is chosen', async () => {
    const studio = await open({ ...ready, defaults: { ...ready.defaults, layers: 'conv*' } });
    expect(await chosen(studio)).toEqual(['Automatic', 'Search', 'Matching a pattern']);
    expect(await hint(studio, 'layers')).toBe('conv*');
    expect(await edited(studio)).toMatch(/^\d of \d layers/);
    expect(await settingsSent(studio)).toEqual({});
    await choose(studio, 'All layers');
    expect(await settingsSent(studio)).toEqual({ layers: '*' });
  });
});

describe('the backend', () => {
  test('is told where there is no choice', async () => {
    const studio = await open();
    expect(await studio.page.locator('.settings').innerText()).toContain('This model runs on ONNX Runtime, CPU.');
    await expect.poll(() => studio.page.locator('vscode-dropdown[aria-label="TensorFlow.js uses"]').count()).toBe(0);
  });

  test('is the editor’s setting where there is one', async () => {
    const backend = { title: 'TensorFlow.js 4.22, WebAssembly', choice: 'wasm' as const };
    const studio = await open({ ...ready, backend });
    const box = studio.page.locator('vscode-dropdown[aria-label="TensorFlow.js uses"]');
    const shown = () => box.locator('.selected-value').innerText();
    await expect.poll(shown).toBe('WebAssembly');
    await box.click();
    await studio.page.getByRole('option', { name: 'TensorFlow on the CPU' }).click();
    expect(await orders(studio)).toEqual([{ kind: 'setBackend', backend: 'cpu' }]);
    await studio.receive({
      kind: 'changes',
      sequence: 2,
      changes: { backend: { title: 'TensorFlow', choice: 'cpu' } },
    });
    await expect.poll(shown).toBe('TensorFlow on the CPU');
    expect(await studio.page.locator('.settings').innerText()).toContain('This model runs on TensorFlow.');
    expect(await orders(studio)).toEqual([]);
  });
});

// Pictures are left in .cache/screenshots, to be looked at.
describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  test.each([1280, 700])('fit into %i pixels', async (width) => {
    const backend = { title: 'TensorFlow.js 4.22, WebAssembly', choice: 'auto' as const };
    const studio = await open({ ...large(), backend }, { theme, width });
    const take = (title: string) =>
      studio.page
        .locator('details', { hasText: 'Settings' })
        .screenshot({ path: `${screenshots}/${title}-${name}-${width}.png` });
    await take('settings');
    await choose(studio, 'On a dial');
    await take('settingsDial');
    await choose(studio, 'Fixed pair');
    await choose(studio, 'Last n');
    await write(studio, 'samples', '0');
    await take('settingsChanged');
    expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});
