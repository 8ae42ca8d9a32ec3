import { readdir } from 'node:fs/promises';
import { copyDemo, expect, test } from './editor.js';
import { engines } from './engines.js';

test('the engine is killed while it runs: the editor says so, and the next run works', async ({
  openEditor,
  folder,
  demo,
}) => {
  const workspace = await copyDemo(demo, folder);
  const editor = await openEditor(workspace);
  await editor.contextMenu(editor.file('fashion.onnx'), 'Unlearn Classes...');
  await editor.quickPick('Ankle boot').waitFor();
  await editor.page.keyboard.press('Enter');
  await expect(editor.notification('Unlearning Shirt')).toContainText(/Finding the spaces|Trying candidates/);
  for (const pid of await engines(editor.home)) process.kill(pid, 'SIGKILL');

  const failure = editor.notification('the engine');
  await expect(failure).toContainText('SIGKILL', { timeout: 10_000 });
  await expect(editor.button(failure, 'Show log')).toBeVisible();
  await editor.screenshot('engine-killed');
  expect(await readdir(workspace)).not.toContain('fashion.forget-shirt.onnx');

  await editor.closeNotifications();
  await editor.contextMenu(editor.file('fashion.onnx'), 'Unlearn Classes...');
  await editor.quickPick('Ankle boot').waitFor();
  await editor.page.keyboard.press('Enter');
  await expect(editor.notification('Shirt forgotten:')).toBeVisible({ timeout: 120_000 });
});
