import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';

const screenshots = path.resolve(import.meta.dirname, '../../.cache/screenshots');

/** The window of the editor, driven as a user does: by what is on the screen. */
export class Workbench {
  readonly page: Page;
  /** The user's home folder. */
  readonly home: string;

  constructor(page: Page, home: string) {
    this.page = page;
    this.home = home;
  }

  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
    // The editor knows what the extension contributes.
    await this.activity.waitFor({ timeout: 60_000 });
  }

  get activity(): Locator {
    return this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator('[aria-label^="Lethe"]') })
      .first();
  }

  /** Runs a command by its title in the palette, by the keyboard alone. */
  async command(title: string): Promise<void> {
    const palette = this.quickInput.locator('input.input');
    // The palette lists the commands known when it opens; just after the start the extension's may not be among them.
    await expect(async () => {
      if (await palette.isVisible()) await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      await palette.fill(`>${title}`, { timeout: 5_000 });
      await this.quickPick(title).first().waitFor({ timeout: 2_000 });
    }).toPass();
    await this.page.keyboard.press('Enter');
  }

  explorer(name: string): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name });
  }

  /** The row of exactly this file or folder. */
  file(name: string): Locator {
    return this.page.locator(`.explorer-folders-view .monaco-list-row .label-name`).getByText(name, { exact: true });
  }

  /** Chooses an entry of the context menu of something. */
  async contextMenu(target: Locator, entry: string): Promise<void> {
    const item = this.page.locator('.context-view .monaco-menu .action-item').filter({ hasText: entry }).first();
    // The menu shows what holds when it opens, and the extension may still be looking at the file.
    await expect(async () => {
      await this.page.keyboard.press('Escape');
      await target.click({ button: 'right' });
      await item.click({ timeout: 1_000 });
      // A click right after the menu opened counts as part of the one that opened it.
      await expect(item).toHaveCount(0, { timeout: 1_000 });
    }).toPass();
  }

  quickPick(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  button(within: Locator, name: string): Locator {
    return within.getByRole('button', { name, exact: true });
  }

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  get statusBar(): Locator {
    return this.page.locator('.part.statusbar');
  }

  async openSidebar(): Promise<void> {
    const view = this.tree('Models');
    if (await view.isVisible()) return;
    await this.activity.click();
    await view.waitFor();
  }

  async openExplorer(): Promise<void> {
    await this.page.keyboard.press('Control+Shift+E');
    await this.page.locator('.explorer-folders-view').waitFor();
  }

  /** One of the sidebar's trees, by its title. */
  tree(title: 'Models' | 'Classes' | 'Runs'): Locator {
    return this.page
      .locator('.sidebar .pane')
      .filter({ has: this.page.locator(`.pane-header[aria-label^="${title}"]`) });
  }

  row(title: 'Models' | 'Classes' | 'Runs', text: string | RegExp): Locator {
    return this.tree(title).locator('.monaco-list-row').filter({ hasText: text });
  }

  /** Opens the Problems view and gives its rows. */
  async problems(): Promise<Locator> {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.command('Problems: Focus on Problems View');
    await panel.waitFor();
    return panel.locator('.monaco-list-row');
  }

  /** The content of the Studio that is in front. */
  get studio(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** Goes to the place of a problem. */
  async goTo(problem: Locator): Promise<void> {
    // In the beginning of the text: left of it is the button of the light bulb, further right are links.
    await expect(async () => {
      await problem.dblclick({ position: { x: 130, y: 10 } });
      await this.page.locator('.monaco-editor.focused').waitFor({ timeout: 3_000 });
    }).toPass();
  }

  /** Takes a quick fix at the place of the cursor. */
  async quickFix(title: string): Promise<void> {
    const entry = this.page.locator('.action-widget').getByText(title);
    await expect(async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+.');
      await entry.click({ timeout: 2_000 });
    }).toPass();
  }

  /** Opens a model in the Studio by a double click. Just after its start the editor does not know what opens such a file. */
  async openModel(name: string): Promise<void> {
    const webview = this.page.locator('iframe.webview.ready');
    await expect(async () => {
      await this.command('View: Close All Editors');
      await this.file(name).dblclick();
      await webview.waitFor({ timeout: 10_000 });
    }).toPass({ timeout: 60_000 });
    await this.studio.locator('h1').waitFor();
  }

  /** Shows one of the Studio's views. */
  async view(title: string): Promise<Locator> {
    await this.studio.getByRole('tab', { name: title }).click();
    const view = this.studio.locator('vscode-panel-view:not([hidden]) .view');
    await view.waitFor();
    return view;
  }

  /** The rows of the table behind a plot, each with its cells' texts. */
  async numbers(figure: Locator): Promise<string[][]> {
    const details = figure.locator('details.numbers');
    if (!(await details.evaluate((element) => (element as unknown as { open: boolean }).open))) {
      await details.locator('summary').click();
    }
    await details.locator('tbody tr').first().waitFor();
    return details
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) =>
          [...(row as unknown as { cells: Iterable<{ textContent: string }> }).cells].map((cell) =>
            cell.textContent.replaceAll(/\s+/g, ' ').trim(),
          ),
        ),
      );
  }

  async openFile(name: string): Promise<void> {
    await this.file(name).dblclick();
    await this.page.locator('.tab.active').filter({ hasText: name }).waitFor();
  }

  async closeNotifications(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
    await expect(this.page.locator('.notification-toast')).toHaveCount(0);
  }

  /** Build output, to be looked at. */
  async screenshot(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }
}
