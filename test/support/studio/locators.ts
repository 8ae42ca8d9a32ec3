import type { Locator } from '@playwright/test';
import type { StudioPage } from './page.js';

/** A button by its whole text. */
export function button({ page }: StudioPage, name: string): Locator {
  return page.locator('vscode-button', { hasText: new RegExp(`^\\s*${name}\\s*$`) });
}

export async function isDisabled(locator: Locator): Promise<boolean> {
  return (await locator.getAttribute('disabled')) !== null;
}

/** Goes to another view by its tab. */
export async function openTab({ page }: StudioPage, id: string): Promise<void> {
  await page.locator(`#tab-${id}`).click();
  await page.locator(`#view-${id} .view`).waitFor();
}

/** A plot with what belongs to it, by a part of its title. */
export function figure({ page }: StudioPage, heading: string | RegExp): Locator {
  return page.locator('lethe-figure', { has: page.locator('h3', { hasText: heading }) });
}

/** The numbers behind a plot, row by row. */
export async function numbers(studio: StudioPage, heading: string | RegExp): Promise<string[][]> {
  const plot = figure(studio, heading);
  if ((await plot.locator('details.numbers').getAttribute('open')) === null) {
    await plot.locator('summary', { hasText: 'Numbers' }).click();
    await plot.locator('details table').waitFor();
  }
  return cells(plot.locator('table'));
}

export function table({ page }: StudioPage, caption: string): Locator {
  return page.locator('table', { has: page.locator('caption', { hasText: caption }) });
}

/** Texts of the cells, row by row. */
export async function cells(table: Locator): Promise<string[][]> {
  const rows = await table.locator('tbody tr').all();
  return Promise.all(
    rows.map(async (row) =>
      (await row.locator('th, td:not([aria-hidden])').allTextContents()).map((text) => text.trim()),
    ),
  );
}

/** Texts of a plot: along an axis, or of the marks. */
export async function plotTexts(
  plot: Locator,
  part: 'x-axis tick label' | 'y-axis tick label' | 'text',
): Promise<string[]> {
  return plot.locator(`svg [aria-label="${part}"] text`).allTextContents();
}

/** Chooses in one of the toolkit's dropdowns. */
export async function chooseIn({ page }: StudioPage, label: string, option: string): Promise<void> {
  const dropdown = page.locator(`vscode-dropdown[aria-label="${label}"]`);
  await dropdown.click();
  await dropdown.locator('vscode-option', { hasText: option }).click();
}

export const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
export const points = (change: number) =>
  `${change < -0.0005 ? '−' : change > 0.0005 ? '+' : ''}${Math.abs(100 * change).toFixed(1)}`;
