import { readdir } from 'node:fs/promises';
import { copyDemo, expect, test } from './editor.js';

test('in restricted mode only headers are read, and trust changes that', async ({ openEditor, folder, demo }) => {
  const workspace = await copyDemo(demo, folder);
  const editor = await openEditor(workspace, { trust: false });
  await expect(editor.page.locator('[id="status.workspaceTrust"]')).toBeVisible();

  await editor.openModel('fashion.onnx');
  await expect(editor.studio.getByText('95,')).toBeVisible();
  await expect(editor.studio.getByText(/restricted mode/i).first()).toBeVisible();
  await editor.screenshot('restricted');
  await editor.openSidebar();
  await expect(editor.row('Models', /^fashion.onnx/)).toContainText('10 classes');
  // lethe.json is data of somebody who is not trusted: neither its names nor its policy are followed.
  await expect(editor.page.getByText('Ankle boot')).toHaveCount(0);
  await editor.openExplorer();
  await editor.file('fashion.onnx').click({ button: 'right' });
  await expect(editor.page.locator('.context-view .monaco-menu').getByText('Open in Studio')).toBeVisible();
  await expect(editor.page.locator('.context-view .monaco-menu').getByText('Unlearn Classes...')).toHaveCount(0);
  await editor.page.keyboard.press('Escape');
  expect(await readdir(workspace)).not.toContain('.lethe');

  await editor.command('Workspaces: Manage Workspace Trust');
  await editor.page
    .locator('.workspace-trust-editor .monaco-button')
    .filter({ hasText: /^Trust$/ })
    .click();
  await expect(editor.page.locator('.workspace-trust-editor')).toContainText('You trust this folder');
  await editor.page
    .locator('.monaco-modal-editor-block')
    .getByRole('button', { name: /^Close/ })
    .click();
  await editor.openSidebar();
  await expect(editor.row('Models', /^fashion.onnx/)).toContainText('never evaluated');
  const problems = await editor.problems();
  await expect(problems.filter({ hasText: 'never-evaluated' }).first()).toBeVisible();
});
