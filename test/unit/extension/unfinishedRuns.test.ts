import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StudioRun } from '../../../src/contract/run.js';
import { UnfinishedRuns } from '../../../src/extension/jobs/unfinishedRuns.js';
import { temporaryFolder } from '../../support/folders.js';
import { states } from '../../support/studio/snapshots.js';

const MODEL = '/home/ada/fashion.onnx';
const run: StudioRun = { ...states.done.shown!, state: 'running', folder: null, id: null, output: null, saved: null };
let folder: string;
let errors: unknown[];

const open = () => new UnfinishedRuns(folder, (_, error) => errors.push(error));

beforeEach(async () => {
  folder = path.join(await temporaryFolder(), 'unfinished');
  errors = [];
});

afterEach(() => expect(errors).toEqual([]));

it('adds what is found to what is known', () => {
  const runs = open();
  runs.begin(MODEL, run);
  runs.add(MODEL, { notes: ['a note'] });
  expect(runs.get(MODEL)).toEqual({ ...run, outcome: { ...run.outcome, notes: ['a note'] } });
  runs.add('/home/ada/other.onnx', { notes: ['nobody began this'] });
  expect(runs.get('/home/ada/other.onnx')).toBeUndefined();
  runs.dispose();
});

it('is found again by the next window as interrupted, typed arrays and all', async () => {
  const runs = open();
  runs.begin(MODEL, run);
  runs.add(MODEL, { notes: ['the last thing it found'] });
  await runs.flush();
  runs.dispose();

  const next = open();
  expect(next.get(MODEL)).toBeUndefined();
  expect(await next.find('/home/ada/other.onnx')).toBe(false);
  expect(await next.find(MODEL)).toBe(true);
  const { outcome } = run;
  const found = next.get(MODEL)!;
  expect(found).toEqual({ ...run, state: 'interrupted', outcome: { ...outcome, notes: ['the last thing it found'] } });
  expect(found.outcome.confusionBefore!.counts).toBeInstanceOf(Uint32Array);
  expect(await next.find(MODEL)).toBe(false);
});

it('is gone once it has ended, also for the next window', async () => {
  const runs = open();
  runs.begin(MODEL, run);
  await runs.flush();
  expect(await readdir(folder)).toHaveLength(1);
  runs.add(MODEL, { notes: ['too late to be written'] });
  runs.end(MODEL);
  await runs.flush();
  expect(await readdir(folder)).toEqual([]);
  expect(runs.get(MODEL)).toBeUndefined();
  expect(await open().find(MODEL)).toBe(false);
});

it('stays as interrupted when it is broken off', async () => {
  const runs = open();
  runs.begin(MODEL, run);
  runs.interrupt(MODEL);
  expect(runs.get(MODEL)!.state).toBe('interrupted');
  await runs.flush();
  expect(await open().find(MODEL)).toBe(true);
});

it('gives way to a run that begins while it is looked for', async () => {
  const runs = open();
  runs.begin(MODEL, run);
  await runs.flush();
  const next = open();
  const finding = next.find(MODEL);
  next.begin(MODEL, { ...run, created: '2026-02-01T00:00:00.000Z' });
  expect(await finding).toBe(false);
  expect(next.get(MODEL)).toMatchObject({ state: 'running', created: '2026-02-01T00:00:00.000Z' });
  next.dispose();
});

it('does without a file that is damaged, and says so', async () => {
  const runs = open();
  runs.begin(MODEL, run);
  await runs.flush();
  const [name] = await readdir(folder);
  await writeFile(path.join(folder, name), 'not what was written');
  expect(await open().find(MODEL)).toBe(false);
  expect(errors.splice(0)).toHaveLength(1);
});

it('keeps nothing on the disk where there is no workspace', async () => {
  const runs = new UnfinishedRuns(undefined, (_, error) => errors.push(error));
  runs.begin(MODEL, run);
  await runs.flush();
  expect(runs.get(MODEL)).toEqual(run);
  runs.end(MODEL);
  expect(await runs.find(MODEL)).toBe(false);
});
