import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { extension, tidyUp } from '../support/lethe.js';

describe('The environment', () => {
  after(tidyUp);

  it('is told on a page: editor, runtimes, paths and limits', async () => {
    await vscode.commands.executeCommand('lethe.showEnvironment');
    const page = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.ok(page.includes(extension().extensionPath), page);
    for (const word of [vscode.version, /onnx ?runtime/i, /tensorflow/i, /limits/i]) {
      assert.ok(typeof word === 'string' ? page.includes(word) : word.test(page), `${word} is not in:\n${page}`);
    }
  });

  it('of this editor has loaded no runtime, whatever the tests before did', () => {
    const report = process.report.getReport() as unknown as { sharedObjects: string[] };
    const runtimes = report.sharedObjects.filter((name) => /onnxruntime|tensorflow|napi-rs/i.test(name));
    assert.deepEqual(runtimes, []);
  });
});
