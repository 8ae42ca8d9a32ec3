import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { codeOf, describeFinding, file, findings, findingsWhere, isThere, lethe, tidyUp } from '../support/lethe.js';

/** The only finding of a file, once there is one, and the text that it marks. */
async function onlyFinding(uri: vscode.Uri, code: string): Promise<{ found: vscode.Diagnostic; text: string }> {
  const all = await findingsWhere(uri, (some) => some.length > 0);
  assert.deepEqual(all.map(codeOf), [code], all.map(describeFinding).join('\n'));
  const document = await vscode.workspace.openTextDocument(uri);
  return { found: all[0], text: document.getText(all[0].range) };
}

/** What can be done about the findings at a place, as the light bulb lists it. */
async function quickFixes(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
  return actions.filter(({ command }) => command?.command === 'lethe.runAction');
}

describe('Findings', () => {
  before(async () => {
    const { services, diagnostics } = await lethe();
    await services.models.load();
    await diagnostics.update();
  });
  after(tidyUp);

  it('points at the missing shard in the manifest, and offers to choose the file', async () => {
    const manifest = file('shardless/shapes/model.json');
    const { found, text } = await onlyFinding(manifest, 'weights-missing');
    assert.match(text, /^"group1-shard2of\d+\.bin"$/);
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    const [fix, ...others] = await quickFixes(manifest, found.range);
    assert.deepEqual(others, []);
    assert.equal(fix.title, `Choose the file for ${text.slice(1, -1)}`);
    assert.equal(fix.isPreferred, true);
  });

  it('forgets a finding when its cause is gone', async () => {
    const manifest = file('shardless/shapes/model.json');
    const { text } = await onlyFinding(manifest, 'weights-missing');
    const [found] = findings(manifest);
    const [fix] = await quickFixes(manifest, found.range);
    const shard = text.slice(1, -1);
    assert.deepEqual(fix.command?.arguments, [{ kind: 'choose-shard', model: manifest.fsPath, location: shard }]);
    await vscode.workspace.fs.copy(file(`tfjs/shapes/${shard}`), file(`shardless/shapes/${shard}`));
    await findingsWhere(manifest, (some) => some.length === 0);
    await vscode.workspace.fs.delete(file(`shardless/shapes/${shard}`));
    await onlyFinding(manifest, 'weights-missing');
  });

  it('points at the names where they do not fit the outputs of a model', async () => {
    const config = file('mismatch/lethe.json');
    const { found, text } = await onlyFinding(config, 'class-count-mismatch');
    assert.deepEqual(JSON.parse(text), ['Rows', 'Columns', 'Slope', 'Checker', 'Ring/disc']);
    assert.match(found.message, /names 5 classes, but shapes\.onnx has 4 outputs/);
    assert.equal(found.relatedInformation?.[0].location.uri.fsPath, file('mismatch/shapes.onnx').fsPath);
  });

  it('points at a class of the policy that is none, and guesses which was meant', async () => {
    const { found, text } = await onlyFinding(file('unknownClass/lethe.json'), 'config-invalid');
    assert.equal(text, '"Chekcer"');
    assert.match(found.message, /Checker/);
  });

  it('shows what is wrong with a binary file at its start', async () => {
    const all = await findingsWhere(file('corrupt/broken.onnx'), (some) => some.length > 0);
    assert.equal(all.length, 1);
    assert.equal(all[0].severity, vscode.DiagnosticSeverity.Error);
    assert.deepEqual(all[0].range, new vscode.Range(0, 0, 0, 0));
  });

  it('has nothing to say about other files, and about what is excluded', () => {
    for (const name of ['foreign/model.json', 'node_modules/some-package/shapes.onnx', 'hidden/shapes.onnx']) {
      assert.deepEqual(findings(file(name)), [], name);
    }
    assert.deepEqual(findings(file('plain/lethe.json')), []);
  });

  it('explains every code on a page that is there', async () => {
    const all = vscode.languages.getDiagnostics().flatMap(([uri]) => findings(uri));
    assert.ok(all.length >= 4);
    for (const { code } of all) {
      assert.ok(typeof code === 'object' && code, 'a code without a page');
      assert.ok(await isThere(code.target.with({ fragment: '', query: '' })), `${code.target} is not there`);
      const page = Buffer.from(await vscode.workspace.fs.readFile(code.target.with({ fragment: '' }))).toString('utf8');
      assert.ok(page.includes(String(code.value)), `${code.value} is not explained`);
    }
  });

  it('follows a lethe.json that is edited', async () => {
    const config = file('unknownClass/lethe.json');
    const document = await vscode.workspace.openTextDocument(config);
    const [found] = findings(config);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(config, found.range, '"Checker"');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await findingsWhere(config, (some) => some.map(codeOf).join() === 'never-evaluated');
  });

  it('can be turned off', async () => {
    const config = file('mismatch/lethe.json');
    const turn = (enabled: boolean | undefined) =>
      vscode.workspace
        .getConfiguration('lethe.diagnostics')
        .update('enabled', enabled, vscode.ConfigurationTarget.Workspace);
    await turn(false);
    await findingsWhere(config, (some) => some.length === 0);
    await turn(undefined);
    await findingsWhere(config, (some) => some.length === 1);
  });
});
