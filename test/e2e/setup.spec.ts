import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { copyDemo, expect, test } from './editor.js';

test('a model without lethe.json is set up step by step', async ({ openEditor, folder, demo }) => {
  const workspace = await copyDemo(demo, folder);
  await unlink(path.join(workspace, 'lethe.json'));
  const editor = await openEditor(workspace);
  await editor.openFile('fashion.onnx');
  await editor.studio.getByRole('button', { name: /Set up/ }).click();
  await expect(editor.quickInput).toContainText('train');
  await editor.screenshot('setup-data');
});
