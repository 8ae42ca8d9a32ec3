import { readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import { copyDemo, expect, test } from './editor.js';

test('a model without lethe.json is set up step by step', async ({ openEditor, folder, demo }) => {
  const workspace = await copyDemo(demo, folder);
  await unlink(path.join(workspace, 'lethe.json'));
  const editor = await openEditor(workspace);
  const { keyboard } = editor.page;
  await editor.openModel('fashion.onnx');
  await editor.studio.getByRole('button', { name: /Set up/ }).click();

  // What fits stands first, and is taken by Enter.
  await expect(editor.quickInput).toContainText('9,000 samples');
  await editor.screenshot('setup-data');
  await keyboard.press('Enter');
  await expect(editor.quickInput).toContainText('(2/5)');
  await editor.quickPick('t10k-images').click();
  await expect(editor.quickInput).toContainText('(3/5)');
  await editor.quickPick('Type the names').click();
  // The box before it takes text too: this one is known by what it suggests.
  await editor.quickInput
    .getByPlaceholder('cat, dog, ...')
    .fill('T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot');
  await keyboard.press('Enter');
  await expect(editor.quickInput).toContainText('(4/5)');
  await editor.quickPick('0 to 255').click();
  await expect(editor.quickInput).toContainText('(5/5)');
  await editor.quickPick('None').click();

  // That was wrong, and a few samples show it.
  const panel = editor.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
  await expect(panel.getByText('Other settings do better')).toBeVisible({ timeout: 60_000 });
  await editor.screenshot('setup-wrong');
  await panel.getByRole('button', { name: /^Use / }).first().click();
  await expect(panel.getByText('Other settings do better')).toHaveCount(0, { timeout: 60_000 });
  await editor.screenshot('setup-right');
  await panel.getByRole('button', { name: 'Write lethe.json' }).click();

  await editor.page.locator('.tab.active').filter({ hasText: 'lethe.json' }).waitFor();
  const config = JSON.parse(await readFile(path.join(workspace, 'lethe.json'), 'utf8'));
  expect(config.models).toEqual(['fashion.onnx']);
  expect(config.classes).toHaveLength(10);
  expect(config.input.mean[0] ?? config.input.mean).toBeCloseTo(0.286, 1);
  await editor.openSidebar();
  await expect(editor.row('Models', /^fashion.onnx/)).toContainText('never evaluated');
  await editor.row('Models', /^fashion.onnx/).click();
  await expect(editor.row('Classes', 'Ankle boot')).toBeVisible();
});
