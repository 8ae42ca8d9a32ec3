import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { ClassesTree } from '../../../src/extension/classes/tree.js';
import { evaluated, file, lethe, tidyUp } from '../support/lethe.js';

interface Row {
  readonly label: string;
  readonly description: string;
  readonly ticked: boolean;
}

async function rows(): Promise<Row[]> {
  const { services } = await lethe();
  const tree = new ClassesTree(services.models, services.selection);
  return (await tree.getChildren()).map((entry) => {
    const { label, description, checkboxState } = tree.getTreeItem(entry);
    const { state } = checkboxState as { state: vscode.TreeItemCheckboxState };
    return {
      label: String(label),
      description: String(description),
      ticked: state === vscode.TreeItemCheckboxState.Checked,
    };
  });
}

describe('The tree of classes', () => {
  const model = file('plain/shapes.onnx');
  after(tidyUp);

  it('shows the classes of the selected model with their accuracies', async () => {
    const { services } = await lethe();
    await evaluated(model);
    await vscode.commands.executeCommand('lethe.selectModel', { uri: model });
    const all = await rows();
    assert.deepEqual(
      all.map(({ label }) => label),
      ['Rows', 'Columns', 'Slope', 'Checker', 'Ring/disc'],
    );
    const { perClass } = services.models.get(model)!.measured!;
    for (const [at, { description }] of all.entries()) {
      assert.equal(description, `${(100 * perClass[at].accuracy!).toFixed(1)}%`);
    }
  });

  it('has a tick for each class that is to be forgotten, kept for each model', async () => {
    const { services } = await lethe();
    const ticked = async () => (await rows()).filter((row) => row.ticked).map(({ label }) => label);
    assert.deepEqual(await ticked(), []);
    services.selection.tick(model, [4, 1]);
    assert.deepEqual(await ticked(), ['Columns', 'Ring/disc']);
    assert.deepEqual(services.selection.ticked(model), [1, 4]);
    await vscode.commands.executeCommand('lethe.selectModel', { uri: file('fashion.onnx') });
    assert.deepEqual(await ticked(), []);
    await vscode.commands.executeCommand('lethe.selectModel', { uri: model });
    assert.deepEqual(await ticked(), ['Columns', 'Ring/disc']);
    services.selection.tick(model, []);
  });

  it('has no tick for a class that is not there any more', async () => {
    const { services } = await lethe();
    const config = file('plain/lethe.json');
    const original = await vscode.workspace.fs.readFile(config);
    services.selection.tick(model, [1, 3]);
    const renamed = Buffer.from(original).toString('utf8').replace('"Checker"', '"Chess"');
    await vscode.workspace.fs.writeFile(config, Buffer.from(renamed));
    await services.models.refresh();
    assert.deepEqual(services.selection.ticked(model), [1]);
    await vscode.workspace.fs.writeFile(config, original);
    await services.models.refresh();
    assert.deepEqual(services.selection.ticked(model), [1]);
    services.selection.tick(model, []);
  });

  it('numbers the classes of a model that nobody has named', async () => {
    await vscode.commands.executeCommand('lethe.selectModel', { uri: file('fashion.onnx') });
    assert.deepEqual(
      (await rows()).map(({ label }) => label),
      Array.from({ length: 10 }, (_, index) => String(index)),
    );
  });

  it('says which classes are forgotten', async () => {
    await vscode.commands.executeCommand('lethe.selectModel', { uri: file('policy/shapes.forget-checker.onnx') });
    const checker = (await rows()).find(({ label }) => label === 'Checker')!;
    assert.match(checker.description, /^\d\.\d% · forgotten$/);
  });
});
