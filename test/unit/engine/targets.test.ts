import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import type { ModelHistory } from '../../../src/engine/records/history.js';
import { findingsOf } from '../../../src/engine/run/policy.js';
import { changesOf } from '../../../src/engine/run/results.js';
import { checkMeasurable, findTargets, type Targets } from '../../../src/engine/run/targets.js';
import { loadConfig } from '../../../src/project/config.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
import { temporaryFolder } from '../../support/folders.js';

const classes = ['a', 'b', 'c', 'd'];

/** A confusion of 100 samples a class with these accuracies, the rest taken for the next class. */
function confusion(...accuracies: number[]): number[][] {
  return confusionOf(100, accuracies);
}

function confusionOf(samples: number, accuracies: readonly number[]): number[][] {
  return accuracies.map((accuracy, row) =>
    classes.map((_, column) => {
      if (column === row) return Math.round(samples * accuracy);
      return column === (row + 1) % 4 ? samples - Math.round(samples * accuracy) : 0;
    }),
  );
}

async function config(content: object) {
  const file = path.join(await temporaryFolder(), 'lethe.json');
  await writeFile(file, JSON.stringify(content));
  return loadConfig(file);
}

/** What is known of a model that a run wrote, which forgot these classes. */
function writtenBy(forget: number[], earlier: number[] = []): ModelHistory {
  const entry = (index: number) => ({ class: classes[index], index, reason: null, maxAccuracy: 0.02 });
  const record = { ...exampleRecord(), forget: forget.map(entry), earlier: earlier.map(entry) };
  return { ...unknown, writtenBy: { folder: '', home: '', record } };
}

/** Nothing is known of the model. */
const unknown: ModelHistory = { writtenBy: null, supersededBy: null, measured: null, changedSince: null };

const summary = (targets: Targets) => ({
  forget: targets.forget.map(({ index }) => index),
  earlier: targets.earlier.map(({ index }) => index),
  retain: targets.retain,
  pending: targets.pending.map(({ index }) => index),
});

describe('findTargets', () => {
  const all = confusion(0.9, 0.9, 0.9, 0.9);

  it('keeps all that is not to be forgotten', async () => {
    const targets = findTargets(await config({}), classes, [1, 3], unknown, all);
    expect(summary(targets)).toEqual({ forget: [1, 3], earlier: [], retain: [0, 2], pending: [] });
    expect(targets.forget[0]).toEqual({ index: 1, maxAccuracy: 0.01, reason: null, policy: false });
  });

  it('holds what the run record says was forgotten, from all runs before', async () => {
    const targets = findTargets(await config({}), classes, [1], writtenBy([2], [3]), confusion(0.9, 0.9, 0.2, 0));
    expect(summary(targets)).toEqual({ forget: [1], earlier: [3, 2], retain: [0], pending: [] });
    expect(targets.earlier[0].maxAccuracy).toBe(0.02);
  });

  it('forgets again what is asked for again', async () => {
    const targets = findTargets(await config({}), classes, [2], writtenBy([2]), confusion(0.9, 0.9, 0.2, 0.9));
    expect(summary(targets)).toMatchObject({ forget: [2], earlier: [] });
  });

  it('takes limits and reasons from the policy, which also tells what is forgotten already or still to do', async () => {
    const policy = await config({
      classes,
      forget: [{ class: 'a', reason: 'DSR-1', maxAccuracy: 0.05 }, { class: 'b' }, { class: 'd' }],
    });
    const targets = findTargets(policy, classes, [0], unknown, confusion(0.9, 0.01, 0.9, 0.9));
    expect(summary(targets)).toEqual({ forget: [0], earlier: [1], retain: [2, 3], pending: [3] });
    expect(targets.forget[0]).toEqual({ index: 0, maxAccuracy: 0.05, reason: 'DSR-1', policy: true });
  });

  it('forgets what the policy still asks for when nothing is named', async () => {
    const policy = await config({ classes, forget: [{ class: 'a' }, { class: 'b' }, { class: 'd' }] });
    const targets = findTargets(policy, classes, undefined, writtenBy([0]), confusion(0.3, 0, 0.9, 0.9));
    expect(summary(targets)).toEqual({ forget: [3], earlier: [0, 1], retain: [2], pending: [] });
    const done = () => findTargets(policy, classes, undefined, unknown, confusion(0, 0, 0.9, 0.01));
    expect(done).toThrow('all that the policy asks for is forgotten already');
  });

  it('takes a class at its limit for forgotten, as the findings do, whatever the last digit of the quotient', async () => {
    const policy = await config({
      classes,
      forget: [{ class: 'a', maxAccuracy: 0.1 - Number.EPSILON }, { class: 'b' }],
    });
    expect(summary(findTargets(policy, classes, undefined, unknown, confusion(0.1, 0.9, 0.9, 0.9)))).toMatchObject({
      forget: [1],
      earlier: [0],
    });
  });

  it('refuses to forget nothing or everything, and a policy on what does not exist', async () => {
    const none = await config({});
    expect(() => findTargets(none, classes, undefined, unknown, all)).toThrow('no class to forget is named');
    expect(() => findTargets(none, classes, [0, 1, 2, 3], unknown, all)).toThrow('every class is to be forgotten');
    const unnamed = await config({ protect: [{ class: 'z', maxDrop: 0 }] });
    expect(() => findTargets(unnamed, classes, [0], unknown, all)).toThrow(
      /line 1, column 22 \(protect\[0\]\.class\): there is no class "z"/,
    );
  });
});

describe('checkMeasurable', () => {
  it('wants samples of the forgotten classes and of some kept one', async () => {
    const roles = { forget: [0], retain: [1, 2, 3] };
    const dataset = { labels: Int32Array.of(0, 0, 3, 1), where: () => ({ file: 'f' }) } as unknown as Dataset;
    const check = (indices: number[]) => () => checkMeasurable(roles, { dataset, indices }, classes);
    expect(check([2, 3])).toThrow('there are no samples of class "a"');
    expect(check([0, 1])).toThrow('there are no samples of the kept classes');
    expect(check([1, 2])).not.toThrow();
  });
});

describe('findingsOf', () => {
  it('tells errors of the policy from warnings', async () => {
    const policy = await config({
      classes,
      forget: [{ class: 'a', maxAccuracy: 0.02 }, { class: 'd' }],
      protect: [{ class: 'b', maxDrop: 0.03 }],
    });
    const before = confusion(0.9, 0.95, 0.9, 0.9);
    const targets = findTargets(policy, classes, [0], unknown, before);
    const findings = (after: number[][]) =>
      findingsOf(targets, changesOf(classes, targets, before, after)).map(
        ({ code, severity, class: name, message }) => {
          return `${severity} ${code} ${name}: ${message}`;
        },
      );
    expect(findings(confusion(0.02, 0.92, 0.85, 0.9))).toEqual([
      'error must-be-forgotten d: d must be forgotten but is still recognised 90.0% of the time (limit 1%)',
    ]);
    expect(findings(confusion(0.03, 0.91, 0.84, 0))).toEqual([
      'error must-be-forgotten a: a must be forgotten but is recognised 3.0% of the time (limit 2%)',
      'error protect-broken b: b is protected but lost 4.0 points, from 95.0% to 91.0% (limit 3 points)',
      'warning retain-drop c: c lost 6.0 points, from 90.0% to 84.0%; set a limit under "protect" if that is too much',
    ]);
    // With one digit, both would be told as equal to their limits.
    expect(findings(confusionOf(10_000, [0.0204, 0.9196, 0.9, 0]))).toEqual([
      'error must-be-forgotten a: a must be forgotten but is recognised 2.04% of the time (limit 2%)',
      'error protect-broken b: b is protected but lost 3.04 points, from 95.0% to 92.0% (limit 3 points)',
    ]);
  });

  it('does not mind what a class loses that is to be forgotten later', async () => {
    const before = confusion(0.9, 0.9, 0.9, 0.9);
    const policy = await config({ classes, forget: [{ class: 'a' }, { class: 'd', maxAccuracy: 0.5 }] });
    const targets = findTargets(policy, classes, [0], unknown, before);
    const codes = (after: number[][]) =>
      findingsOf(targets, changesOf(classes, targets, before, after)).map(({ code }) => code);
    expect(codes(confusion(0, 0.9, 0.9, 0.4))).toEqual([]);
    expect(codes(confusion(0, 0.9, 0.4, 0.4))).toEqual(['retain-drop']);
  });

  it('only warns about a limit that nobody set', async () => {
    const before = confusion(0.9, 0.9, 0.9, 0.9);
    const targets = findTargets(await config({}), classes, [0], writtenBy([1]), before);
    const found = findingsOf(targets, changesOf(classes, targets, before, confusion(0.04, 0.03, 0.9, 0.9)));
    expect(found.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      'warning: a must be forgotten but is recognised 4.0% of the time (limit 1%)',
      'warning: b must be forgotten but is again recognised 3.0% of the time (limit 2%)',
    ]);
  });
});
