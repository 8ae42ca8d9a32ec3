import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { extension, lethe, until } from '../support/lethe.js';

/** Called by views alone, so not in the palette and not in package.json. */
const INTERNAL = ['lethe.runAction', 'lethe.selectModel'];
/** What VS Code itself makes for every view and container: `lethe.modelsView.focus`, ... */
const GENERATED = /^lethe\.(models|classes|runs)View\./;

describe('Activation', () => {
  it('happens by itself in a workspace with a lethe.json', async () => {
    await until('the extension to be active', () => extension().isActive);
  });

  it('registers every command of the manifest, and none that it does not name', async () => {
    await lethe();
    const contributed: string[] = extension().packageJSON.contributes.commands.map(
      ({ command }: { command: string }) => command,
    );
    const registered = (await vscode.commands.getCommands(true)).filter(
      (name) => name.startsWith('lethe.') && !GENERATED.test(name),
    );
    assert.deepEqual(registered.sort(), [...contributed, ...INTERNAL].sort());
  });

  it('puts `lethe` on the PATH of the integrated terminal', async () => {
    const { services } = await lethe();
    const change = services.context.environmentVariableCollection.get('PATH');
    assert.equal(change?.type, vscode.EnvironmentVariableMutatorType.Prepend);
    assert.equal(change.value, path.join(extension().extensionPath, 'bin') + path.delimiter);
  });

  it('finds the models of the workspace without being asked, as there is a policy', async () => {
    const { services } = await lethe();
    await until('a model to be known', () => services.models.get(vscode.Uri.joinPath(secondFolder(), 'shapes.onnx')));
  });
});

function secondFolder(): vscode.Uri {
  return vscode.workspace.workspaceFolders![1].uri;
}
