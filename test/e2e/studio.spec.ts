import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyDemo, expect, test } from './editor.js';
import { engines } from './engines.js';
import type { Workbench } from './workbench.js';

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

test('the Studio does the whole job, and its tab may be closed meanwhile', async ({ openEditor, folder, demo }) => {
  const workspace = await copyDemo(demo, folder);
  const editor = await openEditor(workspace, { viewport: { width: 1440, height: 1000 } });
  await editor.openModel('fashion.onnx');
  const { studio } = editor;
  await expect(studio.locator('header')).toContainText('ONNX');
  await expect(studio.getByText('95,506')).toBeVisible();

  await evaluate(editor);
  await expect(editor.notification('fashion.onnx recognises')).toBeVisible({ timeout: 60_000 });
  await editor.closeNotifications();
  await expect(studio.locator('[role=option][title="Shirt"]')).toContainText('75.0%');
  await editor.screenshot('studio-evaluated');

  await studio.locator('[role=option][title="Shirt"]').click();
  await editor.openSidebar();
  await expect(
    editor.row('Classes', 'Shirt').locator('.monaco-custom-toggle.checked, [aria-checked=true]'),
  ).toHaveCount(1);
  await studio.getByRole('button', { name: 'Unlearn 1 class' }).click();
  await expect(studio.getByRole('progressbar')).toBeVisible();
  await editor.screenshot('studio-running');

  // The run belongs to the editor, not to the tab.
  await editor.command('View: Close Editor');
  await expect(editor.page.locator('iframe.webview.ready')).toHaveCount(0);
  await editor.openExplorer();
  await editor.openModel('fashion.onnx');
  await expect(studio.getByRole('progressbar').or(studio.locator('#result-title'))).toBeVisible();
  await expect(studio.locator('#result-title')).toBeVisible({ timeout: 120_000 });

  const [run] = await readdir(path.join(workspace, '.lethe', 'runs'));
  const { result } = JSON.parse(await readFile(path.join(workspace, '.lethe', 'runs', run, 'run.json'), 'utf8'));
  await expect(studio.locator('main')).toContainText(percent(result.after.retainAccuracy));
  await expect(studio.locator('main')).toContainText(percent(result.after.forgetAccuracy));
  await editor.closeNotifications();
  await editor.screenshot('studio-result');
});

test('a reload in mid-run leaves what was found so far, and a way to do it again', async ({
  openEditor,
  folder,
  demo,
}) => {
  const workspace = await copyDemo(demo, folder);
  const editor = await openEditor(workspace, { viewport: { width: 1440, height: 1000 } });
  const { studio } = editor;
  await editor.openModel('fashion.onnx');
  await studio.locator('[role=option][title="Shirt"]').click();
  await studio.getByRole('button', { name: 'Unlearn 1 class' }).click();
  await expect(studio.getByRole('heading', { name: 'What is known so far' })).toBeVisible({ timeout: 60_000 });
  // What it has measured of the model as it is.
  await expect(studio.locator('.number-card').first()).toContainText('75.0%');
  // Held, because a run may be quicker than the editor's palette.
  const running = await engines(editor.home);
  for (const pid of running) process.kill(pid, 'SIGSTOP');
  await editor.screenshot('studio-so-far');
  await editor.command('Developer: Reload Window');
  await expect(studio.getByRole('heading', { name: 'This run was broken off' })).toBeVisible({ timeout: 90_000 });
  await expect(studio.locator('.number-card').first()).toContainText('75.0%');
  await editor.screenshot('studio-broken-off');
  // Ended with its window, or by itself now that nobody listens to it: it writes nothing either way.
  for (const pid of await engines(editor.home)) if (running.includes(pid)) process.kill(pid, 'SIGCONT');
  await expect
    .poll(async () => (await engines(editor.home)).filter((pid) => running.includes(pid)), { timeout: 30_000 })
    .toEqual([]);
  expect(await readdir(workspace)).not.toContain('fashion.forget-shirt.onnx');
  await studio.getByRole('button', { name: 'Run it again' }).click();
  await expect(studio.locator('#result-title')).toContainText('Shirt is', { timeout: 120_000 });
  expect(await readdir(workspace)).toContain('fashion.forget-shirt.onnx');
});

/** Themes, and what kind they are for a page. */
const THEMES = {
  'Default Dark Modern': 'vscode-dark',
  'Default High Contrast': 'vscode-high-contrast',
  'Default High Contrast Light': 'vscode-high-contrast-light',
} as const;

test('it looks right in dark and in high contrast', async ({ openEditor, folder, demo }) => {
  const workspace = await copyDemo(demo, folder);
  const [first] = Object.keys(THEMES);
  const editor = await openEditor(workspace, { settings: { 'workbench.colorTheme': first } });
  await editor.openModel('fashion.onnx');
  await evaluate(editor);
  await expect(editor.notification('fashion.onnx recognises')).toBeVisible({ timeout: 60_000 });
  await editor.openSidebar();
  await expect(editor.row('Models', /^fashion.onnx/)).toContainText('knows forbidden classes');
  await mkdir(path.join(workspace, '.vscode'));
  for (const [theme, kind] of Object.entries(THEMES)) {
    await writeFile(
      path.join(workspace, '.vscode', 'settings.json'),
      JSON.stringify({ 'workbench.colorTheme': theme }),
    );
    await expect(editor.studio.locator(`body[data-vscode-theme-kind="${kind}"]`)).toBeVisible();
    await noSidewaysScroll(editor);
    await editor.screenshot(`look-${theme.toLowerCase().replaceAll(' ', '-')}`);
  }
});

/** By the run bar: the banner above it offers the same. */
async function evaluate({ studio }: Workbench): Promise<void> {
  await studio.getByRole('region', { name: 'Run' }).getByRole('button', { name: 'Evaluate' }).click();
}

async function noSidewaysScroll(editor: Workbench): Promise<void> {
  const overflow = await editor.studio.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}
