import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { tell } from '../events.js';
import { file, lethe, tidyUp } from '../support/lethe.js';

describe('A workspace of 10,000 files', () => {
  after(tidyUp);

  it('is looked at again on command, and lists the same models', async () => {
    const all = await vscode.workspace.findFiles(new vscode.RelativePattern(file('many'), '**'), null);
    assert.ok(all.length >= 10_000);
    const { services } = await lethe();
    // What earlier tests wrote may not have been looked at yet.
    await services.models.refresh();
    const names = async () => (await services.models.all()).map(({ uri }) => uri.path);
    const before = await names();
    const began = performance.now();
    await vscode.commands.executeCommand('lethe.refresh');
    tell({
      kind: 'note',
      text: `looking at ${all.length} files again took ${Math.round(performance.now() - began)} ms`,
    });
    assert.deepEqual(await names(), before);
  });
});
