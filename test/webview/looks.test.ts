import { mkdir } from 'node:fs/promises';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { seriousFaults } from '../support/studio/axe.js';
import { large, largeRun } from '../support/studio/large.js';
import { openTab } from '../support/studio/locators.js';
import { StudioPage, screenshots, startBrowser } from '../support/studio/page.js';
import { secondRun, twoRuns } from '../support/studio/recorded.js';
import { runStates } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';
import { THEMES } from '../support/studio/themes.js';

/** The views besides the overview, which every state is looked at in. */
const TABS = ['layers', 'saliency', 'boundary', 'confusion', 'search', 'compare'];

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
  await mkdir(screenshots, { recursive: true });
});

afterAll(() => browser?.close());

/** Everything that a Studio can be in. */
const all: Readonly<Record<string, StudioSnapshot>> = {
  ...states,
  ...runStates,
  large: large(),
  largeRun: largeRun(),
};

// Pictures of all of them are left in .cache/screenshots, to be looked at.
describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  let studio: StudioPage;
  let sequence = 0;

  beforeAll(async () => {
    studio = await StudioPage.open(browser, { theme });
  });

  afterAll(() => studio?.page.close());

  /** Takes pictures of what is shown, in both widths, and looks for faults. */
  async function look(what: string): Promise<void> {
    for (const width of [1280, 700]) {
      await studio.page.setViewportSize({ width, height: 900 });
      await studio.page.screenshot({ path: `${screenshots}/${what}-${name}-${width}.png`, fullPage: true });
      expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(await seriousFaults(studio.page)).toEqual([]);
    expect(studio.complaints).toEqual([]);
  }

  test.each(Object.keys(all))('%s fits, and anybody can use it', async (state) => {
    await studio.show({ ...all[state], sequence: ++sequence });
    await look(state);
  });

  test.each(TABS)('the view %s fits, and anybody can use it', async (tab) => {
    await studio.page.setViewportSize({ width: 1280, height: 900 });
    await studio.show({ ...runStates.compared, sequence: ++sequence });
    await openTab(studio, tab);
    await look(`view-${tab}`);
  });
});

test('settings and long names fit into 700 pixels too', async () => {
  const long = 'a/rather/long/name.of.a.class.that.nobody.would.give'.repeat(3);
  const studio = await StudioPage.open(browser, { width: 700 });
  const { facts, summary, shown } = states.done;
  const layers = shown!.outcome.layers.map((layer) => ({ ...layer, name: long }));
  const perClass = shown!.outcome.perClass.map((entry) => ({ ...entry, class: `${long} ${entry.class}` }));
  await studio.show({
    ...states.done,
    runs: twoRuns,
    compared: secondRun,
    name: `${long}.onnx`,
    facts: { ...facts!, layers },
    summary: { ...summary!, detail: long, classes: summary!.classes!.map((name) => `${long} ${name}`) },
    findings: [{ ...states.evaluated.findings[0], message: long, hint: long }],
    shown: {
      ...shown!,
      output: { path: `/${long}`, exists: true },
      outcome: { ...shown!.outcome, forget: [long], layers, perClass, notes: [long] },
    },
  });
  await studio.page.locator('summary', { hasText: 'Settings' }).click();
  for (const tab of ['overview', ...TABS]) {
    await openTab(studio, tab);
    await studio.page.screenshot({ path: `${screenshots}/long-${tab}-dark-700.png`, fullPage: true });
    expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(700);
  }
  await studio.page.close();
});
