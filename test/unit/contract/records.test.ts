import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { candidateOf, projectionRecipe } from '../../../src/contract/recipes.js';
import {
  type CandidateFacts,
  candidateRecord,
  type EvaluationRecord,
  evaluationRecord,
  type RunRecord,
  runRecord,
} from '../../../src/contract/records.js';
import { showRun } from '../../../src/engine/jobs/showRun.js';
import { readCandidate, writeCandidate } from '../../../src/project/candidateStore.js';
import { listEvaluations, writeEvaluation } from '../../../src/project/evaluations.js';
import { listRuns, readRun, writeRun } from '../../../src/project/runStore.js';
import { reportPage } from '../../../src/report/page.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
import { fieldsIn, fieldsOf } from '../../support/engine/schemaFields.js';
import { temporaryFolder } from '../../support/folders.js';
import { textOf } from '../../support/program/markup.js';

/** What was found against the policy. */
const policy: RunRecord['result']['policy'] = [
  {
    code: 'retain-drop',
    severity: 'warning',
    class: 'Coat',
    limit: 0.05,
    value: 0.07,
    message: 'Coat lost 7.0 points',
  },
];

/** A record in which every field is set, also those that may be left out or null. */
function fullRecord(): RunRecord {
  const record = exampleRecord();
  const counted = (files: RunRecord['data']) => files.map((file) => ({ ...file, files: 70_000 }));
  return {
    ...record,
    source: { ...record.source, files: counted(record.source.files) },
    output: { ...record.output, files: counted(record.output.files) },
    config: { ...record.config!, files: 1 },
    data: counted(record.data),
    earlier: [{ class: 'Bag', index: 8, maxAccuracy: 0.05 }],
    settings: { ...record.settings, layers: 'block*' },
    result: { ...record.result, policy, skipped: [{ name: 'embedding', kind: 'Gather', reason: 'is looked up' }] },
  };
}

function fullCandidate(): CandidateFacts {
  const { after, perClass, confusion, layers, recoverability } = exampleRecord().result;
  const candidate = candidateOf(projectionRecipe(30, 10));
  const recoverabilityAfter = recoverability.after;
  return { candidate, after, recoverabilityAfter, perClass, confusionAfter: confusion.after, layers, policy };
}

function fullEvaluation(): EvaluationRecord {
  const { source, result } = fullRecord();
  const { confusion, perClass } = result;
  return {
    version: 1,
    created: '2026-02-01T08:00:00.000Z',
    model: { path: source.path, files: source.files },
    split: 'train',
    complete: false,
    samples: 10_000,
    accuracy: 0.93,
    perClass: perClass.map(({ class: name, index, before, count }) => ({
      class: name,
      index,
      accuracy: before,
      count,
    })),
    confusion: confusion.before,
  };
}

/** The same with a field that this version does not know in every object. */
function withAdditions<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withAdditions) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, entry]) => [name, withAdditions(entry)]);
  return { ...Object.fromEntries(entries), addedLater: 'by a later version' };
}

describe('every field of a record', () => {
  it('comes back as it was written: of a run', async () => {
    const record = fullRecord();
    expect(fieldsIn(record)).toEqual(new Set([...fieldsOf(runRecord), 'versions.onnxruntime']));
    const folder = await writeRun(await temporaryFolder(), record, {});
    expect((await readRun(folder)).record).toEqual(record);
  });

  it('comes back as it was written: of a candidate', async () => {
    const facts = fullCandidate();
    expect(fieldsIn({ version: 3, run: '', ...facts })).toEqual(fieldsOf(candidateRecord));
    const folder = await temporaryFolder();
    await writeCandidate(folder, 'a-run', facts);
    expect(await readCandidate(folder, 'a-run', facts.candidate.id)).toEqual(facts);
  });

  it('comes back as it was written: of an evaluation', async () => {
    const record = fullEvaluation();
    expect(fieldsIn(record)).toEqual(fieldsOf(evaluationRecord));
    const home = await temporaryFolder();
    const absolute = (entry: { readonly path: string }) => path.join(home, entry.path);
    const { files } = record.model;
    const model = { path: absolute(record.model), files: files.map((file) => ({ ...file, path: absolute(file) })) };
    await writeEvaluation(home, { ...record, model });
    const { evaluations } = await listEvaluations([home]);
    expect(evaluations.map((stored) => stored.record)).toEqual([record]);
  });

  it('comes back beside what a later version has added', () => {
    expect(runRecord.parse(withAdditions(fullRecord()))).toMatchObject(fullRecord());
    const candidate = { version: 3, run: 'a-run', ...fullCandidate() };
    expect(candidateRecord.parse(withAdditions(candidate))).toEqual(candidate);
    expect(evaluationRecord.parse(withAdditions(fullEvaluation()))).toEqual(fullEvaluation());
  });

  it('is asked for: none can be left out, but how many files a digest is of', () => {
    const optional = new Set(['source.files[].files', 'output.files[].files', 'config.files', 'data[].files']);
    for (const field of fieldsOf(runRecord)) {
      const read = runRecord.safeParse(without(fullRecord(), field.split('.')));
      expect([field, read.success]).toEqual([field, optional.has(field)]);
    }
  });
});

/** A copy without the field, in every entry of the lists on the way. */
function without(value: unknown, [step, ...rest]: readonly string[]): unknown {
  const name = step.replace('[]', '');
  const { [name]: entry, ...others } = value as Record<string, unknown>;
  if (rest.length === 0) return others;
  const inner = Array.isArray(entry) ? entry.map((one) => without(one, rest)) : without(entry, rest);
  return { ...others, [name]: inner };
}

const fixture = (name: string) => path.resolve('test/fixtures/records', name);
const written = async (name: string) => JSON.parse(await readFile(fixture(name), 'utf8'));

/** What every run of an earlier version was done with. */
const settingsThen = { method: 'projection', tolerance: 0, depth: null, heldOut: 0 };

/** The place of what a schema finds wrong first. */
const placeOf = (damaged: unknown, schema: z.ZodType = runRecord) =>
  schema.safeParse(damaged).error?.issues[0].path.join('.');

describe('a record of version 1', () => {
  it('is read as one of today: candidates by id and recipe, the codes of findings, and what version 2 lacks', async () => {
    const before = await written('run-v1.json');
    const { alphaR, alphaF, candidates, policy: findings, ...result } = before.result;
    expect([alphaR, alphaF, candidates.length]).toEqual([3, 100, 4]);
    const projection = (r: number, f: number) => ({
      id: `projection-${r}-${f}`,
      recipe: { method: 'projection', alphaR: r, alphaF: f },
    });
    expect(findings.map(({ code }: { code: string }) => code)).toEqual([
      'forget-limit',
      'retain-drop',
      'protect-limit',
    ]);
    const codes = ['must-be-forgotten', 'retain-drop', 'protect-broken'];
    expect(runRecord.parse(before)).toEqual({
      ...before,
      version: 3,
      settings: { ...before.settings, ...settingsThen },
      result: {
        ...result,
        candidate: projection(3, 100),
        recoverability: { before: null, after: null },
        candidates: candidates.map(({ alphaR: r, alphaF: f, ...judged }: Record<string, number>) => ({
          ...projection(r, f),
          ...judged,
          recoverability: null,
        })),
        policy: findings.map((finding: object, at: number) => ({ ...finding, code: codes[at] })),
      },
    });
  });

  it('is refused with its place if it is damaged', async () => {
    const before = await written('run-v1.json');
    const { result } = before;
    const damaged = (change: object) => placeOf({ ...before, result: { ...result, ...change } });
    expect(placeOf({ ...before, result: 5 })).toBe('result');
    expect(placeOf({ ...before, result: undefined })).toBe('result');
    expect(damaged({ alphaR: undefined })).toBe('result.candidate.recipe.alphaR');
    expect(damaged({ alphaR: '3' })).toBe('result.candidate.recipe.alphaR');
    expect(damaged({ candidates: 'all' })).toBe('result.candidates');
    expect(damaged({ candidates: [...result.candidates.slice(0, 2), null] })).toBe('result.candidates.2');
    const findings = [result.policy[0], { ...result.policy[1], code: 'unheard-of' }];
    expect(damaged({ policy: findings })).toBe('result.policy.1.code');
  });
});

describe('a record of version 2', () => {
  it('is read as one of today: a run by projection, judged on what it was made from, by accuracy alone', async () => {
    const before = await written('run-v2.json');
    expect(before.version).toBe(2);
    const { candidates } = before.result;
    expect(candidates.length).toBeGreaterThan(10);
    expect(runRecord.parse(before)).toEqual({
      ...before,
      version: 3,
      settings: { ...before.settings, ...settingsThen },
      result: {
        ...before.result,
        recoverability: { before: null, after: null },
        candidates: candidates.map((candidate: object) => ({ ...candidate, recoverability: null })),
      },
    });
  });

  it('is refused with its place if it is damaged', async () => {
    const before = await written('run-v2.json');
    const { settings, result } = before;
    const damaged = (change: object) => placeOf({ ...before, result: { ...result, ...change } });
    const [first, second, ...others] = result.candidates;
    expect(placeOf({ ...before, settings: 5 })).toBe('settings');
    expect(placeOf({ ...before, settings: { ...settings, samples: undefined } })).toBe('settings.samples');
    expect(placeOf({ ...before, settings: { ...settings, alphaR: 'all' } })).toBe('settings.alphaR');
    expect(placeOf({ ...before, result: [] })).toBe('result');
    expect(placeOf({ ...before, result: undefined })).toBe('result');
    expect(damaged({ candidates: {} })).toBe('result.candidates');
    expect(damaged({ candidates: [first, null, ...others] })).toBe('result.candidates.1');
    const unknown = { ...second, recipe: { ...second.recipe, method: 'magic' } };
    expect(damaged({ candidates: [first, unknown] })).toBe('result.candidates.1.recipe.method');
    expect(damaged({ candidates: [first, { ...second, complete: 1 }] })).toBe('result.candidates.1.complete');
  });

  it('of a candidate is read as one of today, of which nobody knows how well the classes can be read from it', async () => {
    const before = await written('candidate-v2.json');
    expect(before.version).toBe(2);
    const record = candidateRecord.parse(before);
    expect(record).toEqual({ ...before, version: 3, recoverabilityAfter: null });
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'candidates'));
    await cp(fixture('candidate-v2.json'), path.join(folder, 'candidates', `${record.candidate.id}.json`));
    const { version: _, run, ...facts } = record;
    expect(await readCandidate(folder, run, record.candidate.id)).toEqual(facts);
  });

  it('of a candidate is refused with its place if it is damaged', async () => {
    const before = await written('candidate-v2.json');
    expect(placeOf({ ...before, version: 1, recoverabilityAfter: null }, candidateRecord)).toBe('version');
    expect(placeOf({ ...before, after: null }, candidateRecord)).toBe('after');
    expect(placeOf({ ...before, candidate: { id: 'x' } }, candidateRecord)).toBe('candidate.recipe');
    expect(placeOf([before], candidateRecord)).toBe('');
  });
});

describe.each([
  ['run-v1.json', candidateOf(projectionRecipe(3, 100))],
  ['run-v2.json', null],
])('a run of an earlier version: %s', (name, saved) => {
  it('is still one of the runs: it is listed, shown and reported on', async () => {
    const record = runRecord.parse(await written(name));
    const { candidate } = record.result;
    expect(candidate).toEqual(saved ?? candidate);
    const home = await temporaryFolder();
    const folder = path.join(home, '.lethe', 'runs', record.id);
    await mkdir(folder, { recursive: true });
    await cp(fixture(name), path.join(folder, 'run.json'));
    const { runs, broken } = await listRuns([home]);
    expect(broken).toEqual([]);
    expect(runs).toEqual([{ folder, home, record }]);
    const shown = (await showRun({ run: folder }))!;
    expect(shown.saved).toEqual(candidate);
    expect(shown.outcome.candidates.filter(({ chosen }) => chosen)).toMatchObject([candidate]);
    const { alphaR, alphaF } = candidate.recipe;
    expect(textOf(reportPage(record))).toContain(`Chosen ${alphaR} / ${alphaF}`);
  });

  it('is written anew as one of today', async () => {
    const record = runRecord.parse(await written(name));
    const folder = await writeRun(await temporaryFolder(), record, {});
    const text = await readFile(path.join(folder, 'run.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(record);
    expect((await readRun(folder)).record).toEqual(record);
  });
});

describe('a damaged record', () => {
  it.each<[string, (record: RunRecord) => object, string]>([
    ['a version of its own', (record) => ({ ...record, version: 4 }), 'version'],
    ['no version', ({ version: _, ...record }) => record, 'version'],
    ['an id that leads elsewhere', (record) => ({ ...record, id: '../elsewhere' }), 'id'],
    ['no files', (record) => ({ ...record, output: { ...record.output, files: [] } }), 'output.files'],
    ['a digest cut short', (record) => ({ ...record, config: { ...record.config, sha256: 'abc' } }), 'config.sha256'],
    [
      'a setting that no run was without',
      (record) => ({ ...record, settings: { ...record.settings, tolerance: null } }),
      'settings.tolerance',
    ],
    ['a share over 1', (record) => ({ ...record, settings: { ...record.settings, depth: 1.1 } }), 'settings.depth'],
    [
      'a method that no run has',
      (record) => ({ ...record, settings: { ...record.settings, method: 'magic' } }),
      'settings.method',
    ],
    ['another setting', (record) => ({ ...record, settings: { ...record.settings, seed: 0.5 } }), 'settings.seed'],
    [
      'a method that nobody knows',
      (record) => resultOf(record, { candidate: { id: 'x', recipe: { method: 'magic' } } }),
      'result.candidate.recipe.method',
    ],
    [
      'an id of a candidate that leads elsewhere',
      (record) => resultOf(record, { candidate: { ...record.result.candidate, id: '../x' } }),
      'result.candidate.id',
    ],
    [
      'an accuracy over 1',
      (record) => resultOf(record, { after: { retainAccuracy: 1.5, forgetAccuracy: 0 } }),
      'result.after.retainAccuracy',
    ],
    [
      'a recoverability that is none',
      (record) =>
        resultOf(record, { recoverability: { before: null, after: { balancedAccuracy: 2, error: 0, auc: 1 } } }),
      'result.recoverability.after.balancedAccuracy',
    ],
    [
      'nothing said of recoverability, which only earlier versions could do',
      ({ result: { recoverability: _, ...result }, ...record }) => ({ ...record, result }),
      'result.recoverability',
    ],
    [
      'a count that is none',
      (record) => resultOf(record, { confusion: { before: [[1, 2, -3]], after: [] } }),
      'result.confusion.before.0.2',
    ],
  ])('is refused with the place that is wrong: %s', async (_, damage, place) => {
    const file = path.join(await temporaryFolder(), 'run.json');
    await writeFile(file, JSON.stringify(damage(exampleRecord())));
    await expect(readRun(file)).rejects.toMatchObject({ code: 'record-invalid', file, place });
  });

  function resultOf(record: RunRecord, change: object): object {
    return { ...record, result: { ...record.result, ...change } };
  }
});
