import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StudioPage, screenshots, startBrowser } from '../support/studioPage.js';
import { states } from '../support/studioSnapshots.js';
import { THEMES } from '../support/themes.js';

let browser: Browser;
let axe: string;

beforeAll(async () => {
  browser = await startBrowser();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await mkdir(screenshots, { recursive: true });
});

afterAll(() => browser?.close());

/** What axe finds to be a serious fault, each with the elements at fault. */
async function faults(studio: StudioPage): Promise<unknown[]> {
  await studio.page.evaluate(axe);
  const { violations } = await studio.page.evaluate<{ violations: Violation[] }>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`) }));
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

// Pictures of all of them are left in .cache/screenshots, to be looked at.
describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  let studio: StudioPage;
  let sequence = 0;

  beforeAll(async () => {
    studio = await StudioPage.open(browser, { theme });
  });

  afterAll(() => studio?.page.close());

  test.each(Object.keys(states))('%s fits, and anybody can use it', async (state) => {
    await studio.show({ ...states[state], sequence: ++sequence });
    for (const width of [1280, 1000, 700]) {
      await studio.page.setViewportSize({ width, height: 900 });
      await studio.page.screenshot({ path: `${screenshots}/${state}-${name}-${width}.png`, fullPage: true });
      expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(await faults(studio)).toEqual([]);
    expect(studio.complaints).toEqual([]);
  });
});

test('settings and long names fit into 700 pixels too', async () => {
  const long = 'a/rather/long/name.of.a.class.that.nobody.would.give'.repeat(3);
  const studio = await StudioPage.open(browser, { width: 700 });
  const { facts, summary, result } = states.done;
  const layers = result!.layers.map((layer) => ({ ...layer, name: long }));
  await studio.show({
    ...states.done,
    name: `${long}.onnx`,
    facts: { ...facts!, layers },
    summary: { ...summary!, detail: long, classes: summary!.classes!.map((name) => `${long} ${name}`) },
    findings: [{ ...states.evaluated.findings[0], message: long, hint: long }],
    result: { ...result!, forget: [long], layers, output: `/${long}`, notes: [long] },
  });
  await studio.page.locator('summary', { hasText: 'Settings' }).click();
  await studio.page.locator('summary', { hasText: 'Layers' }).click();
  await studio.page.screenshot({ path: `${screenshots}/long-dark-700.png`, fullPage: true });
  expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(700);
  await studio.page.close();
});
