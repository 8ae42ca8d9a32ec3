import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { copyDemo, expect, test } from './editor.js';
import { settled, VIEWS } from './views.js';

/** Themes, and widths of the window: each makes one sheet with a picture of every view. */
const SHEETS = [
  { name: 'light', theme: 'Default Light Modern', width: 1280 },
  { name: 'high-contrast', theme: 'Default High Contrast', width: 1280 },
  { name: 'high-contrast-light', theme: 'Default High Contrast Light', width: 1280 },
  { name: 'narrow', theme: 'Default Dark Modern', width: 748 },
];

for (const { name, theme, width } of SHEETS) {
  test(`every view fits into a window ${width} pixels wide, in ${theme}`, async ({ openEditor, folder, forgotten }) => {
    const workspace = await copyDemo(forgotten, folder);
    const settings = { 'workbench.colorTheme': theme };
    const editor = await openEditor(workspace, { viewport: { width, height: 1500 }, settings });
    await editor.openModel('fashion.onnx');
    await editor.command('View: Close Primary Side Bar');
    const pictures: string[] = [];
    for (const { title } of VIEWS) {
      const view = await editor.view(title);
      if (title === 'Compare') {
        await view.getByRole('combobox', { name: 'Compare with' }).click();
        await view.getByRole('option', { name: /Shirt/ }).click();
        await view.getByRole('table', { name: 'Both runs in numbers' }).waitFor();
      }
      await settled(view);
      const overflow = await editor.studio.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
      expect(overflow, title).toBeLessThanOrEqual(0);
      await view.evaluate((element) => element.closest('.results')?.scrollIntoView());
      pictures.push((await editor.page.screenshot()).toString('base64'));
    }
    await makeSheet(await editor.page.context().browser()!.newPage(), pictures, `contact-${name}`);
  });
}

/** One picture of many, two in a row: build output, to be looked at. */
async function makeSheet(page: Page, pictures: readonly string[], name: string): Promise<void> {
  const images = pictures.map((picture) => `<img src="data:image/png;base64,${picture}">`).join('');
  await page.setViewportSize({ width: 1800, height: 1000 });
  await page.setContent(
    `<style>body { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; margin: 8px; background: #888 } img { width: 100% }</style>${images}`,
  );
  const file = path.resolve(import.meta.dirname, '../../.cache/screenshots', `${name}.png`);
  await page.screenshot({ path: file, fullPage: true });
  expect((await readFile(file)).length).toBeGreaterThan(100_000);
  await page.close();
}
