import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { toSarif } from '../../../src/cli/sarif.js';
import type { Finding } from '../../../src/contract/findings.js';

// The schema of SARIF 2.1.0 as OASIS publishes it, in draft 4: this validator's drafts differ in nothing that it uses but `id`.
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(readFileSync(new URL('../../fixtures/sarif-2.1.0.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

const options = { version: '1.2.3', root: '/work space', docs: new URL('file:///opt/lethe/docs/diagnostics.md') };

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    code: 'must-be-forgotten',
    severity: 'error',
    file: '/work space/a b/lethe.json',
    range: { line: 3, column: 5, endLine: 4, endColumn: 2 },
    message: 'Shirt must be forgotten but is recognised 75.3% of the time (limit 1%)',
    hint: 'Unlearn it',
    model: '/work space/m.onnx',
    related: [{ file: '/elsewhere/ü.onnx', range: null, message: 'ü.onnx' }],
    actions: [],
    ...changes,
  };
}

function sarif(findings: readonly Finding[]) {
  const log = toSarif({ findings, models: [], checked: [] }, options);
  // As it is read: without what is undefined.
  const document = JSON.parse(JSON.stringify(log));
  validate(document);
  expect(validate.errors).toBe(null);
  return document.runs[0];
}

describe('SARIF', () => {
  it('is valid, with a rule for each code and files relative to the folder', () => {
    const run = sarif([
      finding(),
      finding({ code: 'superseded', severity: 'information', range: null, hint: undefined }),
    ]);
    expect(run.tool.driver).toMatchObject({ name: 'Lethe', semanticVersion: '1.2.3' });
    expect(run.originalUriBaseIds).toEqual({ SRCROOT: { uri: 'file:///work%20space/' } });
    const [first, second] = run.results;
    expect(first).toMatchObject({
      ruleId: 'must-be-forgotten',
      level: 'error',
      message: { text: `${finding().message}. Unlearn it` },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a%20b/lethe.json', uriBaseId: 'SRCROOT' },
            region: { startLine: 3, startColumn: 5, endLine: 4, endColumn: 2 },
          },
        },
      ],
      relatedLocations: [
        {
          id: 0,
          physicalLocation: { artifactLocation: { uri: 'file:///elsewhere/%C3%BC.onnx' } },
          message: { text: 'ü.onnx' },
        },
      ],
    });
    expect(run.tool.driver.rules[first.ruleIndex]).toMatchObject({
      id: 'must-be-forgotten',
      helpUri: 'file:///opt/lethe/docs/diagnostics.md#must-be-forgotten',
    });
    expect(second.level).toBe('note');
    expect(second.locations[0].physicalLocation.region).toBe(undefined);
    expect(second.message.text).toBe(finding().message);
  });

  it('is valid without any finding', () => {
    expect(sarif([]).results).toEqual([]);
  });

  it('knows a finding again when its line moved and the numbers are others', () => {
    const print = (findings: readonly Finding[]) =>
      sarif(findings).results.map(
        (result: { partialFingerprints: object }) => Object.values(result.partialFingerprints)[0],
      );
    const [first] = print([finding()]);
    const moved = finding({
      range: { line: 9, column: 1, endLine: 9, endColumn: 2 },
      message: 'Shirt must be forgotten but is recognised 7% of the time (limit 1%)',
    });
    expect(print([moved])).toEqual([first]);
    const others = [
      finding({ message: finding().message.replace('Shirt', 'Bag') }),
      finding({ model: '/work space/other.onnx' }),
      finding({ file: '/work space/lethe.json' }),
      finding({ code: 'protect-broken' }),
    ];
    expect(new Set([first, ...print(others)]).size).toBe(5);
    const twice = print([finding(), finding()]);
    expect(twice[0]).toBe(first);
    expect(twice[1]).not.toBe(first);
  });
});
