import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { ModelsTree } from '../../../src/extension/models/tree.js';
import { evaluated, file, lethe, modelInState, tidyUp, until } from '../support/lethe.js';

/** The tree's rows as a user reads them. */
async function rows(): Promise<{ label: string; description: string; icon: string }[]> {
  const { services } = await lethe();
  const tree = new ModelsTree(services.models);
  const models = (await tree.getChildren()) ?? [];
  return models.map((model) => {
    const { label, description, iconPath } = tree.getTreeItem(model);
    return { label: String(label), description: String(description), icon: (iconPath as vscode.ThemeIcon).id };
  });
}

async function row(label: string): Promise<{ description: string; icon: string }> {
  const all = await rows();
  const found = all.find((entry) => entry.label === label);
  assert.ok(found, `no "${label}" among ${all.map((entry) => entry.label).join(', ')}`);
  return found;
}

describe('The tree of models', () => {
  before(async () => {
    const { services } = await lethe();
    await services.models.load();
  });
  after(tidyUp);

  it('lists every model of all workspace folders by path, and nothing else', async () => {
    assert.deepEqual(
      (await rows()).map(({ label }) => label),
      [
        'main/cancelled/shapes.onnx',
        'main/changed/shapes.onnx',
        'main/corrupt/broken.onnx',
        'main/crashed/shapes.onnx',
        'main/fashion.onnx',
        'main/interrupted/shapes.onnx',
        'main/large/large.onnx',
        'main/mismatch/shapes.onnx',
        'main/plain/shapes.onnx',
        'main/policy/shapes.onnx',
        'main/queue/first/shapes.onnx',
        'main/queue/second/shapes.onnx',
        'main/reopened/shapes.onnx',
        'main/runs/shapes.onnx',
        'main/shardless/shapes',
        'main/tfjs/shapes',
        'main/unknownClass/shapes.onnx',
        'second/shapes.onnx',
      ],
    );
  });

  it('tells format, size and classes', async () => {
    assert.equal((await row('main/fashion.onnx')).description, 'never evaluated · ONNX · 385.7 kB · 10 classes');
    assert.match(
      (await row('main/tfjs/shapes')).description,
      /^never evaluated · TF\.js layers · \d+\.\d kB · 5 classes$/,
    );
    assert.match((await row('main/large/large.onnx')).description, /^never evaluated · ONNX · \d+\.\d MB · 3 classes$/);
  });

  it('shows which ones can not be read, and says why', async () => {
    const { services } = await lethe();
    assert.match((await row('main/corrupt/broken.onnx')).description, /^can not be read/);
    assert.match((await row('main/shardless/shapes')).description, /^can not be read/);
    assert.equal((await row('main/corrupt/broken.onnx')).icon, 'error');
    const summary = services.models.get(file('shardless/shapes/model.json'))!;
    assert.equal(summary.error?.code, 'weights-missing');
    assert.match(summary.detail, /group1-shard2of\d+\.bin/);
  });

  it('shows an evaluated one as such, with its accuracies', async () => {
    const model = file('plain/shapes.onnx');
    await evaluated(model);
    const { measured } = await modelInState(model, 'evaluated');
    assert.equal(measured?.samples, 300);
    assert.equal(measured?.perClass.length, 5);
    assert.match((await row('main/plain/shapes.onnx')).description, /^evaluated · ONNX · \d+\.\d kB · 5 classes$/);
  });

  it('sees by itself that an evaluated file has changed', async () => {
    const model = file('changed/shapes.onnx');
    await evaluated(model);
    await modelInState(model, 'evaluated');
    // An empty unknown field (number 2000) at the end: other bytes, the same model.
    await appendFile(model.fsPath, Buffer.from([0x82, 0x7d, 0x00]));
    const { measured } = await modelInState(model, 'changed');
    assert.equal(measured, null);
    assert.deepEqual(await row('main/changed/shapes.onnx').then(({ icon }) => icon), 'question');
  });

  it('follows models that come, go and are moved', async () => {
    const { services } = await lethe();
    const copy = file('plain/copy.onnx');
    await vscode.workspace.fs.copy(file('plain/shapes.onnx'), copy);
    // The same bytes as the evaluated one, so that what is known of those holds.
    await modelInState(copy, 'evaluated');
    await vscode.workspace.fs.rename(copy, file('plain/moved.onnx'));
    await modelInState(file('plain/moved.onnx'), 'evaluated');
    await until('the old name to go', () => services.models.get(copy) === undefined);
    await vscode.workspace.fs.delete(file('plain/moved.onnx'));
    await until('the copy to go', () => services.models.get(file('plain/moved.onnx')) === undefined);
  });

  it('follows files.exclude', async () => {
    const { services } = await lethe();
    const configuration = vscode.workspace.getConfiguration('files', null);
    const hide = (value: object) => configuration.update('exclude', value, vscode.ConfigurationTarget.Workspace);
    await hide({});
    await modelInState(file('hidden/shapes.onnx'), 'unknown');
    await hide({ '**/hidden': true });
    await until('the hidden model to go', () => services.models.get(file('hidden/shapes.onnx')) === undefined);
  });
});
