import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { settingsOf } from '../../../src/contract/settings.js';
import { engineSettings, unlearnSettings } from '../../../src/extension/settings.js';
import { extension, file } from '../support/lethe.js';

interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
  readonly markdownDescription: string;
}

function settings(): [name: string, setting: Setting][] {
  const sections: { properties: Record<string, Setting> }[] = extension().packageJSON.contributes.configuration;
  return sections.flatMap(({ properties }) => Object.entries(properties));
}

describe('The manifest', () => {
  it('has a text for every key, and a key for every text', () => {
    const read = (name: string) => readFileSync(path.join(extension().extensionPath, name), 'utf8');
    const used = [...read('package.json').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    const texts = Object.keys(JSON.parse(read('package.nls.json')));
    assert.deepEqual([...new Set(used)].sort(), texts.sort());
  });

  it('shows no key where a text belongs', () => {
    assert.doesNotMatch(JSON.stringify(extension().packageJSON.contributes), /"%[\w.]+%"/);
  });

  it('describes every setting, with its place and its scope', () => {
    assert.ok(settings().length > 0);
    for (const [name, { markdownDescription, order, scope }] of settings()) {
      assert.ok(markdownDescription?.length > 20, `${name} has no description`);
      assert.equal(typeof order, 'number', `${name} has no order`);
      assert.ok(['machine', 'window', 'resource'].includes(scope), `${name} has the scope ${scope}`);
    }
  });

  it('lets no workspace choose the program that runs', () => {
    const program = settings().find(([name]) => name === 'lethe.engine.nodePath')!;
    assert.equal(program[1].scope, 'machine');
  });

  it('has the engine’s own defaults', () => {
    const usual = settingsOf({});
    const own = vscode.workspace.getConfiguration('lethe.unlearn');
    for (const name of ['method', 'tolerance', 'depth', 'samples', 'maxPatches', 'seed', 'alphaR', 'alphaF'] as const) {
      assert.deepEqual(own.inspect(name)?.defaultValue ?? null, usual[name], name);
    }
  });

  it('takes 0 for a value where it is one, and for none elsewhere', async () => {
    const own = vscode.workspace.getConfiguration('lethe.unlearn');
    const zeros = ['tolerance', 'depth', 'seed', 'samples'] as const;
    const set = async (value: unknown) => {
      for (const name of zeros) await own.update(name, value, vscode.ConfigurationTarget.Global);
    };
    await set(0);
    try {
      const { tolerance, depth, seed, samples } = unlearnSettings(file('plain/shapes.onnx'));
      assert.deepEqual([tolerance, depth, seed, samples], [0, 0, 0, undefined]);
    } finally {
      await set(undefined);
    }
  });

  it('has settings that come to what the engine does by itself', () => {
    const { samples, forgetSamples, layers } = unlearnSettings(file('plain/shapes.onnx'));
    const usual = settingsOf({});
    assert.ok(samples === undefined || samples === usual.samples);
    assert.ok(forgetSamples === undefined || forgetSamples === usual.forgetSamples);
    assert.equal(layers, undefined);
    const { nodePath, memoryLimitBytes, threads, tensorflow } = engineSettings();
    assert.deepEqual([nodePath, memoryLimitBytes, threads, tensorflow], [undefined, undefined, undefined, 'auto']);
  });

  it('names only pictures and schemas that are there', () => {
    const text = JSON.stringify(extension().packageJSON.contributes);
    const files = [...text.matchAll(/"((?:\.\/)?(?:media|schemas)\/[^"]+)"/g)].map(([, name]) => name);
    assert.ok(files.length > 0);
    for (const name of files) readFileSync(path.join(extension().extensionPath, name));
  });

  it('speaks only of its own commands in menus and walkthroughs', () => {
    const { contributes } = extension().packageJSON;
    const commands = new Set(contributes.commands.map(({ command }: { command: string }) => command));
    const named = JSON.stringify(contributes).matchAll(/(?:"command":"|command:|onCommand:)(lethe\.\w+)/g);
    for (const [, name] of named) assert.ok(commands.has(name), `${name} is no command`);
  });
});
