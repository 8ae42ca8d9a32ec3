import { beforeEach, describe, expect, it } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import type { RunSummary, StudioRun, UnlearnResult } from '../../../src/contract/run.js';
import type { Memory } from '../../../src/extension/studio/choices.js';
import type { ShownRuns } from '../../../src/extension/studio/shownRuns.js';
import { secondRun, shownRun, twoRuns } from '../../support/studio/recorded.js';
import { unfinishedRun } from '../../support/studio/runs.js';
import { memory, StudioWindow, settled } from '../../support/studio/window.js';

const [latest, earlier] = twoRuns;
const MODEL = latest.source;
const [LATEST, EARLIER] = [latest.folder, earlier.folder];
/** Of a run that no list tells of yet. */
const FRESH = '/home/ada/fashion/.lethe/runs/fresh';
const freshRun: StudioRun = { ...shownRun, folder: FRESH, id: 'fresh' };

const unavailable = new LetheError('engine-unavailable', { message: 'the engine could not be started' });

let remembered: Memory;
let window: StudioWindow;
let shown: ShownRuns;

/** What is shown where the earlier run was chosen. */
async function chosen(): Promise<void> {
  shown.open(MODEL);
  await settled();
  shown.show(MODEL, EARLIER);
  await settled();
}

function open(): void {
  window = new StudioWindow(remembered);
  shown = window.shown;
}

beforeEach(() => {
  remembered = memory();
  open();
});

describe('What is shown of a model', () => {
  it('is nothing before anybody has looked, and its latest run then', async () => {
    expect(shown.shown(MODEL)).toBeNull();
    shown.open(MODEL);
    expect(shown.shown(MODEL)).toBeNull();
    await settled();
    expect(shown.runs(MODEL)).toEqual(twoRuns);
    expect(shown.shown(MODEL)).toBe(secondRun);
    expect(window.jobs).toEqual(['showRun']);
    expect(new Set(window.changed)).toEqual(new Set([MODEL]));
  });

  it('is what the run made that it came from', async () => {
    shown.open(earlier.output);
    await settled();
    expect(shown.runs(earlier.output)).toEqual([earlier]);
    expect(shown.shown(earlier.output)).toBe(shownRun);
    expect(await shown.recorded(earlier.output)).toMatchObject({
      folder: EARLIER,
      source: MODEL,
      candidate: undefined,
    });
  });

  it('is a run of its own rather than the later one that made it', async () => {
    const own = { ...earlier, folder: FRESH, source: latest.output, created: '2026-01-01T00:00:00.000Z' };
    window.records.set(FRESH, freshRun);
    window.list = async () => [...twoRuns, own];
    shown.open(latest.output);
    await settled();
    expect(shown.runs(latest.output).map(({ folder }) => folder)).toEqual([LATEST, FRESH]);
    expect(shown.shown(latest.output)).toBe(freshRun);
  });

  it('is the run that was chosen, in the next window too', async () => {
    await chosen();
    expect(shown.shown(MODEL)).toBe(shownRun);
    open();
    shown.open(MODEL);
    await settled();
    expect(shown.shown(MODEL)).toBe(shownRun);
  });

  it('is no run that is not listed for it', async () => {
    shown.open(MODEL);
    await settled();
    shown.show(MODEL, '/etc');
    shown.compare(MODEL, '/etc');
    await settled();
    expect(shown.shown(MODEL)).toBe(secondRun);
    expect(shown.compared(MODEL)).toBeNull();
    expect(window.choices.of(MODEL)).toEqual({});
  });

  it('is there before a list is, where an earlier window has shown it', async () => {
    await chosen();
    open();
    window.list = () => new Promise(() => {});
    shown.open(MODEL);
    await settled();
    expect(shown.runs(MODEL)).toEqual([]);
    expect(shown.shown(MODEL)).toBe(shownRun);
  });

  it('waits for the list to tell what the run was made from that made it', async () => {
    shown.open(earlier.output);
    await settled();
    shown.show(earlier.output, EARLIER);
    open();
    let come!: (list: readonly RunSummary[]) => void;
    window.list = () => new Promise((resolve) => (come = resolve));
    shown.open(earlier.output);
    await settled();
    expect(shown.shown(earlier.output)).toBe(shownRun);
    const recorded = shown.recorded(earlier.output);
    await settled();
    come(twoRuns);
    expect(await recorded).toMatchObject({ source: MODEL });
  });

  it('stays the same object, and is not read again, while the list says the same', async () => {
    await chosen();
    window.asked.length = 0;
    window.listed.fire();
    await settled();
    expect(shown.shown(MODEL)).toBe(shownRun);
    expect(window.asked).toEqual([]);
  });

  it('is read again when its output is gone', async () => {
    await chosen();
    const without = { ...shownRun, output: { ...shownRun.output!, exists: false } };
    window.records.set(EARLIER, without);
    window.list = async () => [latest, { ...earlier, outputExists: false }];
    window.listed.fire();
    await settled();
    expect(shown.shown(MODEL)).toBe(without);
  });

  it('is the latest run where the one that was chosen is deleted', async () => {
    await chosen();
    window.records.delete(EARLIER);
    window.list = async () => [latest];
    window.listed.fire();
    await settled();
    expect(shown.shown(MODEL)).toBe(secondRun);
    expect(window.errors).toEqual([]);
  });

  it('is nothing where the record can not be read, which the log tells', async () => {
    window.records.delete(LATEST);
    shown.open(MODEL);
    await settled();
    expect(shown.shown(MODEL)).toBeNull();
    expect(window.errors).toEqual([`The run in ${LATEST} could not be shown`]);
  });

  it('is asked for again when there was no engine', async () => {
    window.isSlow = true;
    shown.open(MODEL);
    await settled();
    window.asked[0].fail(unavailable);
    await settled();
    expect(shown.shown(MODEL)).toBeNull();
    window.isSlow = false;
    window.listed.fire();
    await settled();
    expect(shown.shown(MODEL)).toBe(secondRun);
  });

  it('is the run that was asked for last, whichever answer comes last', async () => {
    shown.open(MODEL);
    await settled();
    window.isSlow = true;
    window.asked.length = 0;
    shown.show(MODEL, EARLIER);
    shown.show(MODEL, LATEST);
    const [first, second] = window.asked;
    second.answer(secondRun);
    await settled();
    first.answer(shownRun);
    await settled();
    expect(shown.shown(MODEL)).toBe(secondRun);
  });

  it('is taken from the list that was asked for last', async () => {
    const answers: ((list: readonly RunSummary[]) => void)[] = [];
    window.list = () => new Promise((resolve) => answers.push(resolve));
    shown.open(MODEL);
    window.listed.fire();
    answers[1]([earlier]);
    await settled();
    answers[0](twoRuns);
    await settled();
    expect(shown.runs(MODEL)).toEqual([earlier]);
    expect(shown.shown(MODEL)).toBe(shownRun);
  });

  it('is not taken from a list that was there when the last Studio was closed', async () => {
    shown.open(MODEL);
    await settled();
    shown.close(MODEL);
    window.list = async () => [earlier];
    window.listed.fire();
    shown.open(MODEL);
    expect(shown.runs(MODEL)).toEqual([]);
    await settled();
    expect(shown.runs(MODEL)).toEqual([earlier]);
    expect(shown.shown(MODEL)).toBe(shownRun);
  });

  it('is none of the runs in a workspace that is not trusted', async () => {
    await chosen();
    shown.compare(MODEL, LATEST);
    open();
    window.isTrusted = false;
    shown.open(MODEL);
    await settled();
    expect([shown.shown(MODEL), shown.compared(MODEL)]).toEqual([null, null]);
    expect(await shown.recorded(MODEL)).toBeUndefined();
    expect(window.asked).toEqual([]);
    window.isTrusted = true;
    window.listed.fire();
    await settled();
    expect([shown.shown(MODEL), shown.compared(MODEL)]).toEqual([shownRun, secondRun]);
  });

  it('goes without a list that can not be had, which the log tells', async () => {
    window.list = () => Promise.reject(unavailable);
    shown.open(MODEL);
    await settled();
    expect(shown.runs(MODEL)).toEqual([]);
    expect(window.errors).toEqual(['The runs of the workspace could not be listed']);
  });
});

describe('A run that goes on', () => {
  const running = unfinishedRun('running');

  it('is what is shown, and no record', async () => {
    shown.open(MODEL);
    await settled();
    window.unfinished.set(MODEL, running);
    expect(shown.shown(MODEL)).toBe(running);
    expect(await shown.recorded(MODEL)).toBeUndefined();
  });

  it('is held when it has ended until its record is loaded', async () => {
    shown.open(MODEL);
    await settled();
    window.isSlow = true;
    window.unfinished.set(MODEL, running);
    window.unlearned.fire({ model: MODEL, result: { run: FRESH } as UnlearnResult });
    window.unfinished.delete(MODEL);
    expect(shown.shown(MODEL)).toBe(running);
    expect(await shown.recorded(MODEL)).toBeUndefined();
    window.asked.at(-1)!.answer(freshRun);
    await settled();
    expect(shown.shown(MODEL)).toBe(freshRun);
    expect(await shown.recorded(MODEL)).toMatchObject({ folder: FRESH, source: MODEL });
  });

  it('is held while there is no engine to load its record', async () => {
    shown.open(MODEL);
    await settled();
    window.isSlow = true;
    window.unfinished.set(MODEL, running);
    window.unlearned.fire({ model: MODEL, result: { run: FRESH } as UnlearnResult });
    window.unfinished.delete(MODEL);
    window.asked.at(-1)!.fail(unavailable);
    await settled();
    expect(shown.shown(MODEL)).toBe(running);
    window.isSlow = false;
    window.records.set(FRESH, freshRun);
    window.listed.fire();
    await settled();
    expect(shown.shown(MODEL)).toBe(freshRun);
  });

  it('is shown by the next Studio where none was open when it ended', async () => {
    window.records.set(FRESH, freshRun);
    window.unlearned.fire({ model: MODEL, result: { run: FRESH } as UnlearnResult });
    expect(window.asked).toEqual([]);
    shown.open(MODEL);
    await settled();
    expect(shown.runs(MODEL)).toEqual(twoRuns);
    expect(shown.shown(MODEL)).toBe(freshRun);
  });
});

describe('A run that was broken off', () => {
  const interrupted = unfinishedRun('interrupted');
  const told = { forget: interrupted.outcome.forget, created: interrupted.created };

  it('by an earlier window is found and shown', async () => {
    window.left.set(MODEL, interrupted);
    shown.open(MODEL);
    await settled();
    expect(shown.shown(MODEL)).toBe(interrupted);
    expect(shown.brokenOff(MODEL)).toEqual(told);
    expect(await shown.recorded(MODEL)).toBeUndefined();
  });

  it('is put aside by a recorded one that is chosen, also in the next window, and can be shown again', async () => {
    window.left.set(MODEL, interrupted);
    await chosen();
    expect(shown.shown(MODEL)).toBe(shownRun);
    expect(shown.brokenOff(MODEL)).toEqual(told);
    open();
    window.left.set(MODEL, interrupted);
    shown.open(MODEL);
    await settled();
    expect(shown.shown(MODEL)).toBe(shownRun);
    shown.show(MODEL, null);
    expect(shown.shown(MODEL)).toBe(interrupted);
  });

  it('is shown again when it is another one than was put aside', async () => {
    window.left.set(MODEL, interrupted);
    await chosen();
    const another = { ...interrupted, created: '2026-03-01T00:00:00.000Z' };
    window.unfinished.set(MODEL, another);
    expect(shown.shown(MODEL)).toBe(another);
  });
});
