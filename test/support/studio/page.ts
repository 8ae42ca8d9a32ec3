import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import type * as vscode from 'vscode';
import { dist, ensureBuilt } from '../../../scripts/bundle/dist.js';
import { findChromium } from '../../../scripts/editor.js';
import type { FromStudio, StudioSnapshot, ToStudio } from '../../../src/contract/studio.js';
import { studioHtml } from '../../../src/extension/studio/html.js';
import { FONTS, THEMES, type Theme } from './themes.js';

const ORIGIN = 'http://studio.test';
const cache = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../.cache');
const built = path.join(dist, 'webview');
export const screenshots = path.join(cache, 'screenshots');

/** What VS Code's webviews put before a page's own styles. */
const DEFAULT_STYLES = `@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body { overscroll-behavior-x: none; background-color: transparent; color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family); font-weight: var(--vscode-font-weight); font-size: var(--vscode-font-size);
    margin: 0; padding: 0 20px; }
  code { font-family: var(--monaco-monospace-font); color: var(--vscode-textPreformat-foreground);
    background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
}`;

/** Starts the browser that shows the front end, as it is in `dist`: built first where it is older than its sources. */
export async function startBrowser(): Promise<Browser> {
  await ensureBuilt(['webview']);
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath: findChromium(), args });
}

export interface StudioOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** What `getState` finds. */
  readonly state?: unknown;
}

/** The Studio's own page in a browser, with its own content security policy; only the editor around it is played by a test. */
export class StudioPage {
  readonly page: Page;
  /** Errors and refusals of the policy, which the console of a webview would show. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Opens the page, which then has asked for a snapshot. */
  static async open(browser: Browser, options: StudioOptions = {}): Promise<StudioPage> {
    const { theme = THEMES.dark, width = 1280, height = 900, state } = options;
    // A tab of the window that is there: a new window takes this browser as long as most tests.
    const [context = await browser.newContext({ reducedMotion: 'reduce' })] = browser.contexts();
    const page = await context.newPage();
    await page.setViewportSize({ width, height });
    const studio = new StudioPage(page);
    await page.route(`${ORIGIN}/**`, async (route) => {
      const name = path.basename(new URL(route.request().url()).pathname);
      if (name === '') return route.fulfill({ contentType: 'text/html', body: documentOf(theme) });
      return route.fulfill({ contentType: TYPES[path.extname(name)], body: await readFile(path.join(built, name)) });
    });
    await page.addInitScript(`{
      let state = ${JSON.stringify(state)};
      window.sent = [];
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => { window.sent.push(message); },
        getState: () => state,
        setState: (value) => { state = value; window.state = value; },
      });
    }`);
    await page.goto(`${ORIGIN}/`);
    return studio;
  }

  async receive(message: ToStudio): Promise<void> {
    await this.page.evaluate((data) => (globalThis as unknown as Window).postMessage(data, '*'), message);
    // The message and Lit's own update after it, and in the next frames the view and its plots.
    const frame = 'await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));';
    await this.page.evaluate(`(async () => { ${frame} ${frame} })()`);
  }

  async show(snapshot: StudioSnapshot): Promise<void> {
    await this.receive({ kind: 'snapshot', snapshot });
  }

  /** Messages to the host since the last call. */
  async sent(): Promise<FromStudio[]> {
    return this.page.evaluate('window.sent.splice(0)');
  }

  /** What was stored last. */
  async state(): Promise<unknown> {
    return this.page.evaluate('window.state');
  }
}

interface Window {
  postMessage(data: unknown, target: string): void;
}

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };

function documentOf({ kind, colors }: Theme): string {
  const uri = (at: string): vscode.Uri =>
    ({ path: at, with: (change: { path: string }) => uri(change.path), toString: () => `${ORIGIN}${at}` }) as never;
  const webview = { cspSource: ORIGIN, asWebviewUri: (resource: vscode.Uri) => resource };
  const variables = Object.entries({ ...FONTS, ...colors }).map(([name, value]) => `${name}: ${value}`);
  return studioHtml(webview, uri('/extension'), 'fashion.onnx')
    .replace('<html lang="en">', `<html lang="en" style="${variables.join('; ').replaceAll('"', '&quot;')}">`)
    .replace('<head>', `<head><style id="_defaultStyles">${DEFAULT_STYLES}</style>`)
    .replace('<body>', `<body class="${kind}" data-vscode-theme-kind="${kind}">`);
}
