import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { file, lethe, tidyUp, until } from '../support/lethe.js';

/** The custom editor in front, once there is one. */
async function customTab(uri: vscode.Uri): Promise<vscode.TabInputCustom> {
  return until(
    `an editor of ${uri.path}`,
    () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString() && input;
    },
    () => vscode.window.tabGroups.all.map(({ tabs }) => tabs.map(({ label }) => label)),
  );
}

describe('The Studio', () => {
  afterEach(tidyUp);

  it('is what opens an ONNX file', async () => {
    const model = file('fashion.onnx');
    await vscode.commands.executeCommand('vscode.open', model);
    assert.equal((await customTab(model)).viewType, 'lethe.studio');
  });

  it('is offered for a model.json, which opens as text', async () => {
    const model = file('tfjs/shapes/model.json');
    await vscode.commands.executeCommand('vscode.open', model);
    await until('the text', () => vscode.window.activeTextEditor?.document.uri.toString() === model.toString());
    await vscode.commands.executeCommand('vscode.openWith', model, 'lethe.studioOption');
    assert.equal((await customTab(model)).viewType, 'lethe.studioOption');
  });

  it('is what the command opens, for either format', async () => {
    for (const name of ['fashion.onnx', 'tfjs/shapes/model.json']) {
      await vscode.commands.executeCommand('lethe.openStudio', file(name));
      await customTab(file(name));
    }
  });

  it('knows the facts of a model soon after it is opened, and selects it for the other views', async () => {
    const model = file('fashion.onnx');
    const { services, studio } = await lethe();
    await vscode.commands.executeCommand('lethe.openStudio', model);
    const facts = await until('facts', () => studio.snapshot(model).facts);
    assert.equal(facts.classCount, 10);
    assert.ok(facts.layers.length > 5);
    assert.equal(services.selection.model?.toString(), model.toString());
    const { trusted, factsError, name } = studio.snapshot(model);
    assert.deepEqual({ trusted, factsError, name }, { trusted: true, factsError: null, name: 'main/fashion.onnx' });
  });

  it('says what is wrong with a file that is damaged', async () => {
    const model = file('corrupt/broken.onnx');
    const { studio } = await lethe();
    await vscode.commands.executeCommand('lethe.openStudio', model);
    await customTab(model);
    const error = await until('an error', () => studio.snapshot(model).factsError);
    assert.ok(error.message.length > 0);
    assert.equal(studio.snapshot(model).facts, null);
    await until('a banner', () => studio.snapshot(model).findings.length > 0);
  });
});
