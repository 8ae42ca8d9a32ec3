import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyDemo, expect, test } from './editor.js';

const digest = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

test('a class is forgotten from the explorer menu: cancelled once, then to the end', async ({
  openEditor,
  folder,
  demo,
}) => {
  const workspace = await copyDemo(demo, folder);
  const before = await digest(path.join(workspace, 'fashion.onnx'));
  const editor = await openEditor(workspace);

  await editor.contextMenu(editor.file('fashion.onnx'), 'Unlearn Classes...');
  await editor.quickInput.getByText('Unlearn classes from fashion.onnx').waitFor();
  // The policy in lethe.json asks for Shirt, so that it is ticked already.
  await expect(editor.quickPick('Shirt').filter({ hasText: 'must be forgotten' }).getByRole('checkbox')).toBeChecked();
  await editor.screenshot('pick-classes');
  await editor.page.keyboard.press('Enter');

  const progress = editor.notification('Unlearning Shirt from fashion.onnx');
  await expect(progress).toContainText(/Finding the spaces|Trying candidates/);
  await expect(editor.statusBar).toContainText('Lethe: ');
  await editor.screenshot('progress');
  await editor.button(progress, 'Cancel').click();
  await expect(progress).toHaveCount(0, { timeout: 3_000 });
  expect(await readdir(workspace)).not.toContain('fashion.forget-shirt.onnx');

  await editor.contextMenu(editor.file('fashion.onnx'), 'Unlearn Classes...');
  await editor.quickPick('Shirt').filter({ hasText: 'must be forgotten' }).waitFor();
  await editor.page.keyboard.press('Enter');
  const outcome = editor.notification('Shirt forgotten:');
  await expect(outcome).toContainText('The new model is fashion.forget-shirt.onnx', { timeout: 120_000 });
  await editor.screenshot('outcome');

  await expect(editor.file('fashion.forget-shirt.onnx')).toBeVisible();
  expect(await digest(path.join(workspace, 'fashion.onnx'))).toBe(before);

  await editor.openSidebar();
  await expect(editor.row('Models', 'fashion.forget-shirt.onnx')).toContainText('unlearned and verified');
  await expect(editor.row('Models', /^fashion.onnx/)).toContainText('superseded');
  await expect(editor.row('Runs', 'Shirt')).toContainText('fashion.onnx');
  await editor.screenshot('sidebar');

  const [run] = await readdir(path.join(workspace, '.lethe', 'runs'));
  const record = JSON.parse(await readFile(path.join(workspace, '.lethe', 'runs', run, 'run.json'), 'utf8'));
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  await expect(editor.row('Runs', 'Shirt')).toContainText(percent(record.result.after.forgetAccuracy));
  expect(record.result.after.forgetAccuracy).toBeLessThanOrEqual(0.01);

  await editor.row('Runs', 'Shirt').click();
  const report = editor.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  await expect(report.locator('h1')).toContainText('Shirt');
  await editor.screenshot('report-tab');
});

test('an existing output is replaced only when the user says so', async ({ openEditor, folder, demo }) => {
  const workspace = await copyDemo(demo, folder);
  const output = path.join(workspace, 'fashion.forget-shirt.onnx');
  await writeFile(output, 'precious');
  const editor = await openEditor(workspace);
  const ask = async () => {
    await editor.contextMenu(editor.file('fashion.onnx'), 'Unlearn Classes...');
    await editor.quickPick('Ankle boot').waitFor();
    await editor.page.keyboard.press('Enter');
    await expect(editor.dialog).toContainText('fashion.forget-shirt.onnx exists already');
  };
  await ask();
  await editor.screenshot('replace');
  await editor.button(editor.dialog, 'Cancel').click();
  await expect(editor.notification('Unlearning Shirt')).toHaveCount(0);
  expect(await readFile(output, 'utf8')).toBe('precious');

  await ask();
  await editor.button(editor.dialog, 'Replace').click();
  await expect(editor.notification('Shirt forgotten:')).toBeVisible({ timeout: 120_000 });
  expect(await digest(output)).not.toBe(await digest(path.join(workspace, 'fashion.onnx')));
});

test('the palette, and the keyboard alone, lead to the same', async ({ openEditor, folder, demo }) => {
  const workspace = await copyDemo(demo, folder);
  const editor = await openEditor(workspace);
  const { keyboard } = editor.page;

  await editor.command('Lethe: Unlearn Classes...');
  await editor.quickPick('fashion.onnx').waitFor();
  await keyboard.type('fashion.onnx');
  await keyboard.press('Enter');
  await editor.quickPick('Ankle boot').waitFor();
  // Shirt is ticked, as the policy asks for it; Bag shall go too.
  await keyboard.type('Bag');
  await expect(editor.quickPick('Ankle boot')).toHaveCount(0);
  await keyboard.press('ArrowDown');
  await keyboard.press('Space');
  await expect(editor.quickPick('Bag').getByRole('checkbox')).toBeChecked();
  await keyboard.press('Enter');
  const outcome = editor.notification('Shirt and Bag forgotten:');
  await expect(outcome).toContainText('fashion.forget-shirt-bag.onnx', { timeout: 120_000 });
  expect(await readdir(workspace)).toContain('fashion.forget-shirt-bag.onnx');

  // The outcome's first button opens the new model; then on to its facts.
  await editor.command('Notifications: Accept Notification Primary Action');
  await editor.page.locator('.tab.active').filter({ hasText: 'fashion.forget-shirt-bag.onnx' }).waitFor();
  await expect(editor.studio.locator('h1')).toContainText('fashion.forget-shirt-bag.onnx');
});
