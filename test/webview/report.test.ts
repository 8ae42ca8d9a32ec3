import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/editor.js';
import { candidateOf, projectionRecipe } from '../../src/contract/recipes.js';
import { reportPage } from '../../src/report/page.js';
import { exampleExplanations } from '../support/engine/explanations.js';
import { exampleRecord } from '../support/engine/runRecord.js';
import { sharedFolder } from '../support/folders.js';
import { seriousFaults } from '../support/studio/axe.js';
import { screenshots } from '../support/studio/page.js';

let browser: Browser;
let removeFolder: () => Promise<void>;
const files: Record<string, string> = {};

beforeAll(async () => {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  browser = await chromium.launch({ executablePath: findChromium(), args });
  await mkdir(screenshots, { recursive: true });
  const { folder, remove } = await sharedFolder();
  removeFolder = remove;
  const problem = 'There are no saliency maps: the model has no places.';
  const explanations = await exampleExplanations(true);
  const pages = {
    plain: reportPage(exampleRecord()),
    explained: reportPage(exampleRecord(), { explanations }),
    partly: reportPage(exampleRecord(), {
      explanations: { ...(await exampleExplanations(false)), saliency: { problem }, focus: { problem } },
      written: candidateOf(projectionRecipe(10, 3)),
    }),
  };
  for (const [name, page] of Object.entries(pages)) {
    files[name] = path.join(folder, `${name}.html`);
    await writeFile(files[name], page);
  }
});

afterAll(async () => {
  await browser?.close();
  await removeFolder?.();
});

/** A report as a reader opens it: from a file, with the network cut off. What goes wrong or asks for more is in `complaints`. */
async function open(name: string, colorScheme: 'light' | 'dark'): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ colorScheme, offline: true, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const address = pathToFileURL(files[name]).href;
  page.on('request', (request) => {
    if (request.url() !== address && !request.url().startsWith('data:')) complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(address);
  return { page, complaints };
}

describe.each(['plain', 'explained', 'partly'])('the report, %s', (name) => {
  test.each(['light', 'dark'] as const)('fits, loads nothing, and anybody can read it: %s', async (scheme) => {
    const { page, complaints } = await open(name, scheme);
    for (const width of [1280, 700]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.screenshot({ path: `${screenshots}/report-${name}-${scheme}-${width}.png`, fullPage: true });
    }
    expect(await page.evaluate(BROKEN_IMAGES)).toBe(0);
    // Tables behind the plots as well.
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(700);
    expect(complaints).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
    await page.context().close();
  });

  test('prints on paper, in the colours of the day', async () => {
    const { page, complaints } = await open(name, 'dark');
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 718, height: 1000 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(718);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const firstTable = page.locator('details table').first();
    expect(await firstTable.isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test('the explained report shows its pictures', async () => {
  const { page } = await open('explained', 'light');
  await expect.poll(() => page.locator('.saliency img').count()).toBe(16);
  await expect.poll(() => page.locator('svg.boundary image').count()).toBe(2);
  await expect.poll(() => page.locator('.anchors img').count()).toBe(3);
  await page.context().close();
});

const BROKEN_IMAGES = '[...document.images].filter((image) => !image.complete || image.naturalWidth === 0).length';
