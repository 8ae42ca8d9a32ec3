import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { FORMAT_NAMES } from '../../../src/contract/formats.js';
import { JOBS } from '../../../src/contract/jobs.js';
import { PHASES } from '../../../src/contract/progress.js';
import { SETTING_NAMES } from '../../../src/contract/settings.js';

/** Whoever adds an entry to a table must not have to look for other lists of the same names: there are none. */
const ROOMS = ['src', 'webview'];

interface Table {
  readonly names: readonly string[];
  /** How many of the names make a list, if half of them are not more. */
  readonly least: number;
  /** The files that list them, and why each does. */
  readonly listed: Readonly<Record<string, string>>;
}

const TABLES: Readonly<Record<string, Table>> = {
  jobs: {
    names: Object.keys(JOBS),
    least: 4,
    listed: {
      'src/contract/jobs.ts': 'the table, and the type of each request and result, which must have the same names',
      'src/engine/jobs/index.ts': 'their code, loaded when it is asked for; must have the same names',
    },
  },
  phases: { names: Object.keys(PHASES), least: 4, listed: { 'src/contract/progress.ts': 'the table' } },
  settings: {
    names: SETTING_NAMES,
    least: 4,
    listed: {
      'src/contract/settings.ts': 'the table',
      'src/contract/upgrade.ts': 'what runs of earlier versions were done with, which had other settings',
      'src/engine/run/projection.ts':
        'the method that works with them: one more is none of its business until it uses it',
      'src/engine/run/refit.ts': 'likewise',
      'webview/studio/state/settingsFields.ts':
        'the groups of the form with more than a field: what else is written there means these settings',
    },
  },
  formats: {
    names: FORMAT_NAMES,
    least: 2,
    listed: {
      'src/contract/formats.ts': 'the table',
      'src/models/registry.ts': 'their code, loaded when a file asks for it; must have the same names',
    },
  },
};

/** What each file mentions. */
const mentions = new Map<string, ReadonlySet<string>>(
  ROOMS.flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((name) => path.join(room, name)))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file.replaceAll(path.sep, '/'), mentionedIn(file, readFileSync(file, 'utf8'))]),
);

describe('there is one place for', () => {
  it.each(Object.keys(TABLES))('%s', (name) => {
    const { names, least, listed } = TABLES[name];
    const most = Math.max(least, Math.ceil(names.length / 2));
    const found = [...mentions].filter(([, mentioned]) => names.filter((one) => mentioned.has(one)).length >= most);
    expect(found.map(([file]) => file).sort()).toEqual(Object.keys(listed).sort());
  });
});

describe('what makes a list', () => {
  it('is found in the files of all rooms', () => {
    expect(mentions.size).toBeGreaterThan(400);
    expect([...mentions.keys()].some((file) => file.startsWith('webview/studio/views/'))).toBe(true);
  });

  it.each([
    ['the properties of an object', 'const titles = { inspect: 1, evaluate, "unlearn": 3, report() {} };'],
    ['the members of a type', 'interface Titles { inspect: 1; readonly evaluate?: 2; "unlearn": 3; report(): void }'],
    [
      'the members of a class',
      'class Titles { inspect = 1; static evaluate = 2; get unlearn() { return 3; } report() {} }',
    ],
    ['texts', 'const titles = ["inspect", `evaluate`] satisfies ("unlearn" | \'report\')[];'],
    ['cases', 'switch (x) { case "inspect": case "evaluate": break; case "unlearn": y(); case `report`: }'],
    ['the parts that are taken out of an object', 'const { inspect, evaluate: e, ...{ unlearn, report = 1 } } = jobs;'],
  ])('may be %s', (_, code) => {
    expect([...mentionedIn('x.ts', code)]).toEqual(
      expect.arrayContaining(['inspect', 'evaluate', 'unlearn', 'report']),
    );
  });

  it('is not what is called, imported or commented on', () => {
    const code = 'import { inspect } from "./evaluate.js"; /* unlearn */ export const y = jobs.report(inspect);';
    expect([...mentionedIn('x.ts', code)]).toEqual(['./evaluate.js']);
  });
});

/** The names that a file mentions as texts, or as properties that it has, declares or takes. */
function mentionedIn(file: string, text: string): ReadonlySet<string> {
  const mentioned = new Set<string>();
  const note = (name: ts.Node | undefined) => {
    if (name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name))) mentioned.add(name.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) note(node);
    if (ts.isObjectLiteralElement(node) || ts.isTypeElement(node) || ts.isClassElement(node)) note(node.name);
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) note(node.propertyName ?? node.name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return mentioned;
}
