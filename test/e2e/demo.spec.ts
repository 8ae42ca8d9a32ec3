import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './editor.js';

test('a clean profile: the demo workspace opens, the terminal knows lethe, the environment is shown', async ({
  openEditor,
  folder,
}) => {
  const empty = path.join(folder, 'empty');
  await mkdir(empty);
  await writeFile(path.join(empty, 'notes.txt'), 'nothing to forget here\n');
  const editor = await openEditor(empty);

  await editor.openSidebar();
  await expect(editor.tree('Models')).toContainText('No ONNX or TensorFlow.js model was found');
  await editor.screenshot('welcome');
  await editor.tree('Models').getByText('Open Demo Workspace').click();
  await editor.quickPick('Four clusters').waitFor();
  await editor.quickPick('Fashion-MNIST').waitFor();
  await editor.page.keyboard.press('Enter');
  await editor.quickPick('Create it').waitFor();
  const opened = editor.page.context().waitForEvent('page');
  await editor.page.keyboard.press('Enter');
  const window = await opened;
  await window.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  await expect(window.locator('.explorer-folders-view')).toContainText('fashion.onnx', { timeout: 60_000 });
  expect(existsSync(path.join(editor.home, 'lethe-demo', 'lethe.json'))).toBe(true);

  await editor.page.keyboard.press('Control+`');
  const terminal = editor.page.locator('.terminal-wrapper.active .xterm-rows');
  await expect(terminal).toContainText(/[#$]/);
  await editor.page.keyboard.type('lethe --version && echo exit:$?\n');
  await expect(terminal).toContainText('exit:0');
  await expect(terminal).toContainText(/\d+\.\d+\.\d+/);

  await editor.command('Lethe: Show Environment');
  const page = editor.page.locator('.editor-instance .view-lines');
  await expect(page).toContainText('ONNX');
  await expect(page).toContainText('WebAssembly, one thread');
  await editor.screenshot('environment');
});
