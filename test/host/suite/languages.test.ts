import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { file, tidyUp, until } from '../support/lethe.js';

describe('lethe.json in the editor', () => {
  after(tidyUp);

  it('may hold comments', async () => {
    const document = await vscode.workspace.openTextDocument(file('drafts/lethe.json'));
    assert.equal(document.languageId, 'jsonc');
  });

  it('is completed from the schema', async () => {
    const document = await vscode.workspace.openTextDocument(file('drafts/lethe.json'));
    await vscode.window.showTextDocument(document);
    const expected = ['models', 'classes', 'input', 'data', 'forget', 'protect'];
    const labels = await until('completions', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        new vscode.Position(2, 2),
      );
      const names = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return names.includes('forget') && names;
    });
    for (const name of expected) assert.ok(labels.includes(name), `${name} is not offered`);
  });

  it('is checked by the schema', async () => {
    const document = await vscode.workspace.openTextDocument(file('drafts/lethe.json'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(2, 2), '"forgett": []');
    await vscode.workspace.applyEdit(edit);
    const problem = await until('a problem of the schema', () =>
      vscode.languages.getDiagnostics(document.uri).find(({ message }) => message.includes('forgett')),
    );
    assert.equal(document.getText(problem.range), '"forgett"');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
