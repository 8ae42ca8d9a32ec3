import { readFile, truncate, unlink } from 'node:fs/promises';
import path from 'node:path';
import { copyDemo, expect, test } from './editor.js';

test('Problems tell what a model must not know, a quick fix measures it, and a run settles it', async ({
  openEditor,
  folder,
  demo,
}) => {
  const workspace = await copyDemo(demo, folder);
  const editor = await openEditor(workspace);

  const problems = await editor.problems();
  await expect(problems.filter({ hasText: 'never-evaluated' }).first()).toBeVisible();
  await editor.screenshot('problems-unknown');

  await editor.openExplorer();
  await editor.openFile('lethe.json');
  // The finding stands at the entry itself: the light bulb shows there.
  await editor.goTo(problems.filter({ hasText: 'fashion.onnx was not evaluated' }));
  await editor.quickFix('Evaluate fashion.onnx now');
  await expect(editor.notification('fashion.onnx recognises')).toBeVisible({ timeout: 60_000 });

  const forbidden = problems.filter({ hasText: 'must-be-forgotten' }).filter({ hasText: 'Shirt must be forgotten' });
  await expect(forbidden).toHaveCount(1);
  const lines = (await readFile(path.join(workspace, 'lethe.json'), 'utf8')).split('\n');
  const line = lines.findIndex((text) => text.includes('"forget"'));
  await expect(forbidden).toContainText(`[Ln ${line + 1}, Col ${lines[line].indexOf('{') + 1}]`);
  await editor.closeNotifications();
  await editor.screenshot('problems-forbidden');

  await editor.goTo(forbidden);
  await editor.quickFix('Unlearn Shirt from fashion.onnx now');
  await expect(editor.notification('Shirt forgotten:')).toBeVisible({ timeout: 120_000 });

  await expect(forbidden).toHaveCount(0);
  const superseded = problems.filter({ hasText: 'superseded' });
  await expect(superseded).toHaveCount(1);
  await expect(
    problems.filter({ hasText: 'fashion.forget-shirt.onnx' }).filter({ hasText: 'must-be-forgotten' }),
  ).toHaveCount(0);
  await editor.screenshot('problems-superseded');
});

test('a missing or short shard is an error at its line of model.json', async ({ openEditor, folder, demo }) => {
  const workspace = await copyDemo(demo, folder);
  const shard = path.join(workspace, 'fashion-tfjs', 'group1-shard1of1.bin');
  await truncate(shard, 1000);
  const editor = await openEditor(workspace);
  const problems = await editor.problems();
  await expect(problems.filter({ hasText: 'weights-short' })).toHaveCount(1);

  await unlink(shard);
  const missing = problems.filter({ hasText: 'weights-missing' });
  await expect(missing).toHaveCount(1);
  await expect(problems.filter({ hasText: 'weights-short' })).toHaveCount(0);
  await editor.goTo(missing);
  await editor.page.locator('.tab.active').filter({ hasText: 'model.json' }).waitFor();
  await expect(editor.page.locator('.squiggly-error').first()).toBeVisible();
  const lines = (await readFile(path.join(workspace, 'fashion-tfjs', 'model.json'), 'utf8')).split('\n');
  const line = lines.findIndex((text) => text.includes('group1-shard1of1.bin'));
  await expect(missing).toContainText(`[Ln ${line + 1}, Col ${lines[line].indexOf('"') + 1}]`);
  await expect(editor.page.locator('[id="status.editor.selection"]')).toContainText(`Ln ${line + 1},`);
  await editor.screenshot('problems-shard');
  await editor.quickFix('Choose the file for group1-shard1of1.bin');
  await expect(editor.quickInput).toContainText('Copy beside the model');
});
