import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ModelSummary } from '../../../src/contract/models.js';
import { runRecord } from '../../../src/contract/records.js';
import type { UnlearnResult } from '../../../src/contract/run.js';
import { ModelsTree } from '../../../src/extension/models/tree.js';
import { RunsTree } from '../../../src/extension/runs/tree.js';
import {
  codeOf,
  describeFinding,
  file,
  findings,
  findingsWhere,
  isOver,
  isThere,
  jobWhere,
  lethe,
  modelInState,
  tidyUp,
} from '../support/lethe.js';

const CHECKER = 3;

/** The same story for each format: a model that a policy binds is evaluated, unlearned and superseded. */
const models = [
  {
    title: 'an ONNX model',
    name: 'policy/shapes.onnx',
    output: 'policy/shapes.forget-checker.onnx',
    fixes: 'shapes.onnx',
  },
  {
    title: 'a TensorFlow.js model',
    name: 'tfjs/shapes/model.json',
    output: 'tfjs/shapes.forget-checker/model.json',
    fixes: 'shapes',
  },
];

for (const { title, name, output, fixes } of models) {
  describe(`The policy on ${title}`, () => {
    const model = file(name);
    const config = file(`${name.split('/')[0]}/lethe.json`);
    const digests = () => digestsOf(path.dirname(model.fsPath));
    let original: Map<string, string>;
    let result: UnlearnResult;
    after(tidyUp);

    it('says at its entry that nobody knows yet, and evaluates when the quick fix is chosen', async () => {
      original = digests();
      const [found] = await findingsWhere(config, (some) => some.length === 1);
      assert.equal(codeOf(found), 'never-evaluated');
      assert.equal(found.severity, vscode.DiagnosticSeverity.Information);
      assert.deepEqual(await titles(config, found), [`Evaluate ${fixes} now`]);
      await choose(config, found, `Evaluate ${fixes} now`);
      await jobWhere(model, ({ kind, status }) => kind === 'evaluate' && status === 'done');
      const { detail, measured } = await modelInState(model, 'forbidden');
      assert.match(detail, /^Checker must be forgotten but is recognised \d+(\.\d)?% of the time \(limit 5%\)$/);
      assert.ok(measured!.perClass[CHECKER].accuracy! > 0.5);
    });

    it('says at its entry that the class must be forgotten, and about which model', async () => {
      const [found] = await findingsWhere(config, (some) => some.some((one) => codeOf(one) === 'must-be-forgotten'));
      const document = await vscode.workspace.openTextDocument(config);
      assert.deepEqual(JSON.parse(document.getText(found.range)), {
        class: 'Checker',
        reason: 'DSR-1',
        maxAccuracy: 0.05,
      });
      assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
      assert.match(found.message, /^Checker must be forgotten but is recognised/);
      assert.deepEqual(
        found.relatedInformation?.map(({ location }) => location.uri.fsPath),
        [model.fsPath],
      );
      assert.deepEqual(await titles(config, found), [`Unlearn Checker from ${fixes} now`, `Evaluate ${fixes} now`]);
    });

    it('is kept after the ticked class is unlearned', async () => {
      const { services } = await lethe();
      services.selection.select(model);
      services.selection.tick(model, [CHECKER]);
      const listener = services.jobs.onDidUnlearn((unlearned) => {
        result = unlearned.result;
      });
      await vscode.commands.executeCommand('lethe.unlearnTicked');
      listener.dispose();
      const { error } = await jobWhere(model, (state) => state.kind === 'unlearn' && isOver(state));
      assert.equal(error, null);
      assert.ok(result.after.forgetAccuracy <= 0.05);
      assert.equal(result.output, file(output).fsPath);
      assert.ok(await isThere(file(output)));
    });

    it('leaves the model itself as it was, byte for byte', () => {
      for (const [part, digest] of original) assert.equal(digests().get(part), digest, part);
    });

    it('leaves a record and a report', async () => {
      const record = path.join(result.run, 'run.json');
      const { forget, source, result: numbers } = runRecord.parse(JSON.parse(readFileSync(record, 'utf8')));
      assert.deepEqual(
        forget.map(({ class: forgotten, reason }) => [forgotten, reason]),
        [['Checker', 'DSR-1']],
      );
      assert.ok(model.fsPath.endsWith(source.path));
      assert.deepEqual(numbers.after, result.after);
      assert.match(readFileSync(result.report, 'utf8'), /<html[\s\S]*Checker/);
    });

    it('then has nothing to say but that the old model is superseded', async () => {
      const { supersededBy } = await modelInState(model, 'superseded');
      const newer = await modelInState(file(output), 'verified');
      assert.equal(supersededBy, file(output).fsPath);
      assert.deepEqual(newer.forgotten, ['Checker']);
      await findingsWhere(config, (some) => some.length === 0);
      const [found] = await findingsWhere(model, (some) => some.length === 1);
      assert.equal(codeOf(found), 'superseded', describeFinding(found));
      assert.equal(found.severity, vscode.DiagnosticSeverity.Information);
      await findingsWhere(file(output), (some) => some.length === 0);
    });

    it('shows both models in the tree, and the run in the other', async () => {
      const { services } = await lethe();
      const described = async (uri: vscode.Uri) => {
        const summary = services.models.get(uri) as ModelSummary;
        return new ModelsTree(services.models).getTreeItem({ uri, summary }).description;
      };
      assert.match(String(await described(model)), /^superseded · /);
      assert.match(String(await described(file(output))), /^unlearned and verified · /);

      const tree = new RunsTree(services.runs);
      const run = (await tree.getChildren()).find(({ folder }) => folder === result.run);
      assert.ok(run, 'the run is not listed');
      const { label, description, contextValue } = tree.getTreeItem(run);
      assert.equal(label, 'Checker');
      assert.match(String(description), / · \d+\.\d% → \d\.\d% · /);
      assert.equal(contextValue, 'run hasOutput');
    });
  });
}

describe('The run’s report', () => {
  after(tidyUp);

  it('opens in a tab, and is made anew where it is gone', async () => {
    const { services } = await lethe();
    const [run] = await services.runs.all();
    await vscode.workspace.fs.delete(vscode.Uri.file(run.report));
    await vscode.commands.executeCommand('lethe.openReport', run);
    assert.ok(await isThere(vscode.Uri.file(run.report)));
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    assert.match(activeTab!.label, /^Report: /);
  });

  it('lists runs newest first', async () => {
    const { services } = await lethe();
    const times = (await services.runs.all()).map(({ created }) => created);
    assert.ok(times.length >= 2);
    assert.deepEqual(times, [...times].sort().reverse());
  });
});

describe('Diagnosing on command', () => {
  // Its policy is about a class since an earlier test corrected the name.
  const config = file('unknownClass/lethe.json');
  const isNeverEvaluated = (some: vscode.Diagnostic[]) => some.map(codeOf).join() === 'never-evaluated';
  after(tidyUp);

  it('looks at the one model that it is called on', async () => {
    const elsewhere = file('mismatch/lethe.json');
    const before = findings(elsewhere).map(describeFinding);
    assert.equal(before.length, 1);
    await vscode.commands.executeCommand('lethe.diagnose', file('plain/shapes.onnx'));
    assert.ok(isNeverEvaluated(findings(config)));
    await vscode.commands.executeCommand('lethe.diagnose', file('unknownClass/shapes.onnx'));
    assert.deepEqual(findings(config).map(codeOf), ['must-be-forgotten']);
    assert.deepEqual(findings(elsewhere).map(describeFinding), before);
  });

  it('evaluates what a policy binds in the whole workspace, and nobody has evaluated', async () => {
    const { services } = await lethe();
    await vscode.workspace.fs.delete(file('unknownClass/.lethe'), { recursive: true });
    await services.models.refresh();
    await findingsWhere(config, isNeverEvaluated);
    await vscode.commands.executeCommand('lethe.diagnose');
    await findingsWhere(config, (some) => some.map(codeOf).join() === 'must-be-forgotten');
  });
});

async function fixesAt(uri: vscode.Uri, { range }: vscode.Diagnostic): Promise<vscode.CodeAction[]> {
  // The editor answers only for a document that it has open.
  await vscode.workspace.openTextDocument(uri);
  const all = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range);
  return all.filter(({ command }) => command?.command === 'lethe.runAction');
}

async function titles(uri: vscode.Uri, found: vscode.Diagnostic): Promise<string[]> {
  return (await fixesAt(uri, found)).map(({ title }) => title);
}

async function choose(uri: vscode.Uri, found: vscode.Diagnostic, title: string): Promise<void> {
  const fix = (await fixesAt(uri, found)).find((one) => one.title === title);
  assert.ok(fix?.command, `no fix "${title}"`);
  await vscode.commands.executeCommand(fix.command.command, ...fix.command.arguments!);
}

/** Of each file directly in a folder. */
function digestsOf(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => statSync(path.join(folder, name)).isFile());
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex');
  return new Map(names.map((name) => [name, digest(name)]));
}
