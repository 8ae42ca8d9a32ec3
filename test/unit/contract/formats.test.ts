import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FORMAT_NAMES,
  FORMATS,
  isMainFileName,
  mainFileOf,
  mainFilePatterns,
  partFilePatterns,
} from '../../../src/contract/formats.js';

interface Menu {
  readonly command: string;
  readonly when?: string;
}

interface Contributes {
  readonly customEditors: readonly {
    readonly priority: string;
    readonly selector: readonly { readonly filenamePattern: string }[];
  }[];
  readonly menus: Readonly<Record<string, readonly Menu[]>>;
  readonly languages: readonly { readonly extensions?: readonly string[]; readonly filenames?: readonly string[] }[];
  readonly jsonValidation: readonly { readonly fileMatch: string }[];
}

const manifest = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'));
const contributes: Contributes = manifest.contributes;

describe('the main file of a model', () => {
  it.each([
    ['fashion.onnx', true],
    ['FASHION.ONNX', true],
    ['model.json', true],
    ['Model.JSON', true],
    ['mymodel.json', false],
    ['model.json.bak', false],
    ['onnx', false],
    ['._fashion.onnx', false],
    ['.model.json', false],
  ])('may be called %s: %s', (name, is) => {
    expect(isMainFileName(name)).toBe(is);
  });

  it('is a model for sure by its ending, a text where it may be something else', () => {
    expect(mainFileOf('fashion.onnx')).toMatchObject({ isModelForSure: true, isText: false, calledBy: 'file' });
    expect(mainFileOf('model.json')).toMatchObject({ isModelForSure: false, isText: true, calledBy: 'folder' });
  });

  it('of some format is found by one glob, and so are the files beside it', () => {
    expect(mainFilePatterns()).toEqual(['*.onnx', 'model.json']);
    expect(mainFilePatterns(({ isText }) => isText)).toEqual(['model.json']);
    expect(new Set(partFilePatterns())).toEqual(new Set(['*.bin', '*.data', '*.onnx_data', '*-shard*']));
  });
});

describe('the manifest of the extension', () => {
  const whenClauses = Object.values(contributes.menus).flatMap((menus) => menus.flatMap(({ when }) => when ?? []));

  it.each([
    ['default', true],
    ['option', false],
  ])(
    'has an editor of the priority "%s" for the main files of which it says "a model for sure": %s',
    (priority, isModelForSure) => {
      const editors = contributes.customEditors.filter((editor) => editor.priority === priority);
      const patterns = editors.flatMap(({ selector }) => selector.map(({ filenamePattern }) => filenamePattern));
      expect(patterns).toEqual(mainFilePatterns((file) => file.isModelForSure === isModelForSure));
    },
  );

  it('offers its commands in the explorer on every main file, on others once they are known to be models', () => {
    const named = mainFilePatterns((file) => file.isModelForSure).map((pattern) => {
      // A menu knows endings alone.
      expect(pattern).toMatch(/^\*\.\w+$/);
      return `resourceExtname == ${pattern.slice(1)}`;
    });
    const isModel = `(${[...named, 'resourcePath in lethe.models'].join(' || ')})`;
    expect(contributes.menus['explorer/context'].length).toBeGreaterThan(0);
    for (const { when } of contributes.menus['explorer/context']) expect(when?.split(' && ')[0]).toBe(isModel);
  });

  it('speaks of no other file in its menus than main files and lethe.json', () => {
    const endings = whenClauses.flatMap((when) => [...when.matchAll(/resourceExtname\s*\S+\s*(\S+?)[\s)]/g)]);
    const names = whenClauses.flatMap((when) => [...`${when} `.matchAll(/resourceFilename\s*\S+\s*(\S+?)[\s)]/g)]);
    expect(endings.length).toBeGreaterThan(0);
    for (const [, ending] of endings) expect(mainFilePatterns()).toContain(`*${ending}`);
    for (const [, name] of names) expect([...mainFilePatterns(), 'lethe.json']).toContain(name);
  });

  it('claims no language and no schema for the main file of a model', () => {
    const names = [
      ...contributes.languages.flatMap(({ filenames = [], extensions = [] }) => [
        ...filenames,
        ...extensions.map((extension) => `a${extension}`),
      ]),
      ...contributes.jsonValidation.map(({ fileMatch }) => fileMatch),
    ];
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter(isMainFileName)).toEqual([]);
  });
});

it('a title tells every format from the others, also where there is little space', () => {
  expect(new Set(FORMAT_NAMES.map((name) => FORMATS[name].title)).size).toBe(FORMAT_NAMES.length);
  expect(new Set(FORMAT_NAMES.map((name) => FORMATS[name].shortTitle)).size).toBe(FORMAT_NAMES.length);
});
