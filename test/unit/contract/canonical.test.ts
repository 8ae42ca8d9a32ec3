import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalRun } from '../../../src/contract/canonical.js';
import { type RunRecord, runRecord } from '../../../src/contract/records.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { listRuns } from '../../../src/project/runStore.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
import { fieldsIn } from '../../support/engine/schemaFields.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
inShapesFolder((made) => {
  folder = made;
});

/** Every text that a value holds. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Every path and file name that a record holds. */
function pathsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, entry]) => (name === 'path' ? [entry] : pathsIn(entry)));
}

/** The same with the names of every object the other way round. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turned) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, entry]) => [name, turned(entry)]),
  ) as T;
}

/** The same with the first value of a field changed to another one. */
function changed(value: unknown, [step, ...rest]: readonly string[]): unknown {
  const name = step.replace('[]', '');
  const { [name]: entry, ...others } = value as Record<string, unknown>;
  const change = (inner: unknown) => (rest.length === 0 ? another(inner) : changed(inner, rest));
  if (!step.endsWith('[]')) return { ...others, [name]: change(entry) };
  const [first, ...more] = entry as unknown[];
  return { ...others, [name]: [change(first), ...more] };
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `${value}0`;
  if (Array.isArray(value)) return [...value, 1];
  return value === null ? 'something' : { ...value, something: 1 };
}

describe('a run, as it can be signed', () => {
  it('is one, wherever its record lies', async () => {
    const elsewhere = path.join(folder, 'far', 'away');
    await mkdir(elsewhere, { recursive: true });
    const model = path.join(folder, 'shapes.onnx');
    // So that no class is called what could be a path.
    const config = path.join(folder, 'lethe.json');
    await writeFile(config, (await readFile(config, 'utf8')).replace('Ring/disc', 'Ring'));
    const out = path.join(elsewhere, 'made.onnx');
    await unlearn({ model, forget: ['Rows'], alphaR: [100], alphaF: [10], threads: 1, out });
    const found = await Promise.all([folder, elsewhere].map(async (home) => (await listRuns([home])).runs[0].record));
    expect(found.map(({ source, output }) => [source.path, output.path])).toEqual([
      ['shapes.onnx', 'far/away/made.onnx'],
      ['../../shapes.onnx', 'made.onnx'],
    ]);
    const [here, there] = found.map(canonicalRun);
    expect(there).toBe(here);

    const texts = textsIn(JSON.parse(here));
    const files = new Set(found.flatMap(pathsIn).flatMap((file) => [file, path.basename(file)]));
    expect(files.size).toBeGreaterThan(10);
    expect(texts.filter((text) => files.has(text) || /[/\\]/.test(text))).toEqual([]);
    for (const { sha256 } of [...found[0].source.files, ...found[0].output.files, ...found[0].data]) {
      expect(texts).toContain(sha256);
    }
  });

  it('does not depend on the order in which names were written, nor on notes and paths', () => {
    const record = exampleRecord();
    const canonical = canonicalRun(record);
    expect(canonicalRun(turned(record))).toBe(canonical);
    expect(canonicalRun(runRecord.parse(JSON.parse(JSON.stringify(record))))).toBe(canonical);
    const moved: RunRecord = {
      ...record,
      source: { ...record.source, path: 'elsewhere.onnx' },
      data: record.data.map((file, at) => ({ ...file, path: `${at}` })),
      result: { ...record.result, notes: [] },
    };
    expect(canonicalRun(moved)).toBe(canonical);
  });

  it('is another one as soon as a digest, a number or anything else is', () => {
    const record = { ...exampleRecord(), earlier: [{ class: 'Bag', index: 8, maxAccuracy: 0.05 }] };
    const canonical = canonicalRun(record);
    const fields = [...fieldsIn(record)];
    for (const field of fields) {
      const same = field === 'result.notes' || field.endsWith('.path');
      const other = canonicalRun(changed(record, field.split('.')) as RunRecord);
      // Of an object with a path, more is taken than it has: what is not known there is left out.
      if (!/^(source|output|config|data(\[\])?)(\.files)?$/.test(field)) {
        expect([field, other === canonical]).toEqual([field, same]);
      }
    }
    expect(fields).toContain('data[].sha256');
    expect(fields).toContain('result.candidates[].recipe.alphaR');
  });
});

describe('JSON in one form', () => {
  it('has names in the order of their UTF-16 units, and no space', () => {
    const value = { b: [1, { d: null, c: 'x y' }], a: { '\u20ac': 1, '\r': 2, '\ufb33': 3, '\ud83d\ude00': 4 } };
    expect(canonicalJson(value)).toBe(
      '{"a":{"\\r":2,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":3},"b":[1,{"c":"x y","d":null}]}',
    );
  });

  it('writes numbers in their shortest form, and leaves out what is not there', () => {
    const numbers = [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0];
    expect(canonicalJson({ numbers, none: undefined })).toBe('{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0]}');
  });
});
