import { spawn } from 'node:child_process';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LetheError } from '../../src/base/errors.js';
import { exists } from '../../src/base/files.js';
import { Engine } from '../../src/client/engine.js';
import type { EngineEnd } from '../../src/client/engineChild.js';
import { EngineProcess, type EngineProcessOptions } from '../../src/client/engineProcess.js';
import { residentMemory } from '../../src/client/residentMemory.js';
import type { JobName } from '../../src/contract/jobs.js';
import { type Progress, stepOf } from '../../src/contract/progress.js';
import { builtEngine, bundled, isAlive, until } from '../support/engine/entries.js';
import type { Facts, OddRequest } from '../support/engine/odd.js';
import { sharedFolder, temporaryFolder } from '../support/folders.js';
import { writeShapes } from '../support/models/shapes.js';

const engines: (EngineProcess | Engine)[] = [];
let scripts: Awaited<ReturnType<typeof sharedFolder>>;
let odd: string;

beforeAll(async () => {
  scripts = await sharedFolder();
  odd = await bundled('odd', scripts.folder);
});
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});
afterAll(() => scripts.remove());

function start(options: Partial<EngineProcessOptions> = {}): EngineProcess {
  const engine = new EngineProcess({ entry: odd, ...options });
  engines.push(engine);
  return engine;
}

/** Asks the odd engine for something. */
function ask<Result = unknown>(
  engine: EngineProcess,
  request: OddRequest,
  work?: { signal?: AbortSignal; onProgress?: (progress: Progress) => void },
): Promise<Result> {
  return engine.run('describe', request as never, work) as Promise<Result>;
}

/** Starts a job, waits until it is under way, and gives what will become of it. */
async function underWay(engine: EngineProcess, request: OddRequest, signal?: AbortSignal) {
  let began!: () => void;
  const begun = new Promise<void>((resolve) => {
    began = resolve;
  });
  const failure = ask(engine, request, { signal, onProgress: began }).then(
    () => undefined,
    (error: LetheError) => error,
  );
  await Promise.race([begun, failure]);
  return { failure };
}

describe('a job', () => {
  test('has results with typed arrays, whatever their size', async () => {
    const engine = start();
    for (const bytes of [100, 9 * 2 ** 20]) {
      const result = await ask<{ image: Uint8Array; values: Float32Array }>(engine, { do: 'bytes', bytes });
      expect(result.image).toBeInstanceOf(Uint8Array);
      expect(result.image.length).toBe(bytes);
      expect(result.image.every((value) => value === 7)).toBe(true);
      expect(result.values).toEqual(new Float32Array([1.5, -2]));
    }
    // The large one came in a file, which is gone.
    const { tmp } = await ask<Facts>(engine, { do: 'facts' });
    expect(await readdir(tmp)).toEqual([]);
  });

  test('fails with its error as it was', async () => {
    await expect(ask(start(), { do: 'fail' })).rejects.toMatchObject({
      ...{ name: 'LetheError', code: 'model-corrupt', what: 'is odd' },
      ...{ file: 'a.onnx', place: 'layer 3', hint: 'Even it.' },
    });
  });

  test('fails if its result is no data', async () => {
    await expect(ask(start(), { do: 'function' })).rejects.toMatchObject({ code: 'internal' });
  });

  test('tells its progress: little of it, but the last of each phase, before it ends', async () => {
    const heard: Progress[] = [];
    let ended = false;
    const onProgress = (progress: Progress) => {
      expect(ended).toBe(false);
      heard.push(progress);
    };
    await ask(start(), { do: 'steps', steps: 20_000 }, { onProgress });
    ended = true;
    expect(heard).toContainEqual({ phase: 'measure', done: 20_000, total: 20_000 });
    expect(heard).toContainEqual({ phase: 'spaces', done: 20_000, total: 20_000 });
    expect(heard.length).toBeLessThan(1000);
  });
});

describe('the process', () => {
  test('starts with the first job, as plain Node with an environment of its own', async () => {
    process.env.NODE_OPTIONS = '--no-warnings';
    let starts = 0;
    try {
      const engine = start({ env: { ODD: 'yes' }, onStart: () => starts++ });
      expect(starts).toBe(0);
      const facts = await ask<Facts>(engine, { do: 'facts' });
      expect(facts).toMatchObject({ execArgv: [], nodeOptions: undefined, asNode: '1', added: 'yes' });
      expect(facts.pid).not.toBe(process.pid);
      expect(facts.priority).toBeGreaterThan(0);
      expect((await ask<Facts>(engine, { do: 'facts' })).pid).toBe(facts.pid);
      expect(starts).toBe(1);
      await engine.dispose();
      expect(isAlive(facts.pid)).toBe(false);
      expect(await exists(facts.tmp)).toBe(false);
    } finally {
      delete process.env.NODE_OPTIONS;
    }
  });

  test('ends when it has nothing to do, and starts again', async () => {
    const ends: EngineEnd[] = [];
    const engine = start({ idleMs: 100, onExit: (end) => ends.push(end) });
    const first = await ask<Facts>(engine, { do: 'facts' });
    await until('it has ended', () => ends.length === 1);
    expect(ends[0]).toMatchObject({ code: 0, wanted: true });
    expect(isAlive(first.pid)).toBe(false);
    expect((await ask<Facts>(engine, { do: 'facts' })).pid).not.toBe(first.pid);
  });

  test('that is told to end takes no further job: a new one does', async () => {
    const engine = start();
    const { pid } = await ask<Facts>(engine, { do: 'facts' });
    engine.restart();
    const after = await ask<Facts>(engine, { do: 'facts' });
    expect(after.pid).not.toBe(pid);
  });

  test('takes new options when its jobs are done', async () => {
    const engine = start({ env: { ODD: 'old' } });
    expect((await ask<Facts>(engine, { do: 'facts' })).added).toBe('old');
    const stop = new AbortController();
    const { failure } = await underWay(engine, { do: 'wait' }, stop.signal);
    engine.configure({ env: { ODD: 'new' } });
    expect((await ask<Facts>(engine, { do: 'facts' })).added).toBe('old');
    stop.abort();
    await failure;
    expect((await ask<Facts>(engine, { do: 'facts' })).added).toBe('new');
  });

  test.each([
    ['is killed', 'facts', []],
    ['is killed', 'wait', []],
    ['leaves', 'facts', ['leave']],
    ['leaves', 'wait', ['leave']],
  ])('ends without a trace when its parent %s (%s)', async (how, job, args) => {
    const parent = spawn(process.execPath, [await bundled('parent', scripts.folder), odd, job, ...args]);
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: parent.stdout })
        .once('line', resolve)
        .once('close', () => reject(new Error('no line')));
    });
    const { pid, tmp } = JSON.parse(line) as Facts;
    if (how === 'is killed') {
      expect(isAlive(pid)).toBe(true);
      parent.kill('SIGKILL');
    }
    await until('the engine is gone', () => !isAlive(pid));
    await until('its folder is gone', async () => !(await exists(tmp)));
  });
});

describe('cancelling', () => {
  test('stops a job that listens, and leaves the process alive', async () => {
    const engine = start();
    const { pid } = await ask<Facts>(engine, { do: 'facts' });
    const stop = new AbortController();
    const { failure } = await underWay(engine, { do: 'wait' }, stop.signal);
    stop.abort();
    expect(await failure).toMatchObject({ code: 'cancelled' });
    expect((await ask<Facts>(engine, { do: 'facts' })).pid).toBe(pid);
  });

  test('kills a job that hangs, and the next one runs in a new process', async () => {
    const ends: EngineEnd[] = [];
    const engine = start({ onExit: (end) => ends.push(end), cancelMs: 200 });
    const { pid } = await ask<Facts>(engine, { do: 'facts' });
    const stop = new AbortController();
    const { failure } = await underWay(engine, { do: 'hang' }, stop.signal);
    stop.abort();
    expect(await failure).toMatchObject({ code: 'cancelled' });
    await until('the process is gone', () => ends.length === 1);
    expect(ends[0]).toMatchObject({ signal: 'SIGKILL', wanted: true });
    expect(isAlive(pid)).toBe(false);
    expect((await ask<Facts>(engine, { do: 'facts' })).pid).not.toBe(pid);
  });

  test('lets other jobs finish before it kills', async () => {
    const ends: EngineEnd[] = [];
    const engine = start({ cancelMs: 100, onExit: (end) => ends.push(end) });
    const { pid } = await ask<Facts>(engine, { do: 'facts' });
    const [stop, other] = [new AbortController(), new AbortController()];
    const waiting = await underWay(engine, { do: 'wait' }, other.signal);
    const deaf = await underWay(engine, { do: 'deaf' }, stop.signal);
    stop.abort();
    expect(await deaf.failure).toMatchObject({ code: 'cancelled' });
    expect((await ask<Facts>(engine, { do: 'facts' })).pid).toBe(pid);
    other.abort();
    expect(await waiting.failure).toMatchObject({ code: 'cancelled' });
    await until('the process is gone', () => ends.length === 1);
  });

  test('does not wait for a process that is only starting', async () => {
    const engine = start({ entry: await script('setInterval(() => {}, 1000)') });
    const stop = new AbortController();
    const failure = expect(ask(engine, { do: 'facts' }, { signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    stop.abort();
    await failure;
  });
});

describe('a crash', () => {
  test.each([
    ['exit', 'with exit code 3; it said:\nthe reason is\nof no importance'],
    ['throw', 'a defect in a callback'],
    ['reject', 'a defect in a promise'],
  ] as const)('is told with the last words (%s), and the next job works', async (what, words) => {
    const log: string[] = [];
    const engine = start({ onLog: (_, message) => log.push(message) });
    const failure = ask(engine, { do: what });
    await expect(failure).rejects.toMatchObject({ code: 'engine-crashed', what: expect.stringContaining(words) });
    await expect(ask<Facts>(engine, { do: 'facts' })).resolves.toBeDefined();
    expect(log.join('\n')).toContain(words.split('\n').at(-1));
  });

  test('ends all jobs of the process', async () => {
    const engine = start();
    const { pid } = await ask<Facts>(engine, { do: 'facts' });
    const jobs = [await underWay(engine, { do: 'wait' }), await underWay(engine, { do: 'wait' })];
    process.kill(pid, 'SIGKILL');
    for (const { failure } of jobs) {
      expect(await failure).toMatchObject({ code: 'engine-crashed', what: expect.stringContaining('by SIGKILL') });
    }
  });

  test('for want of memory is told with both numbers', async () => {
    const engine = start();
    const { pid } = await ask<Facts>(engine, { do: 'facts' });
    const idle = (await residentMemory(pid))!;
    const limited = start({ memoryLimitBytes: idle + 64 * 2 ** 20 });
    await expect(ask(limited, { do: 'hold', bytes: 256 * 2 ** 20 })).rejects.toMatchObject({
      code: 'out-of-memory',
      what: expect.stringMatching(
        `took \\d+ MiB of memory, over its limit of ${Math.round(idle / 2 ** 20 + 64)} MiB, and was stopped`,
      ),
    });
    await expect(ask<Facts>(limited, { do: 'facts' })).resolves.toBeDefined();
  });
});

describe('a process that does not start', () => {
  test('fails the job when it gives no answer', async () => {
    const ends: EngineEnd[] = [];
    const entry = await script('setInterval(() => {}, 1000)');
    const engine = start({ entry, handshakeMs: 300, onExit: (end) => ends.push(end) });
    await expect(ask(engine, { do: 'facts' })).rejects.toMatchObject({
      code: 'engine-unavailable',
      what: 'the engine gave no answer within 0.3 s of its start',
      hint: expect.stringContaining('"lethe.engine.nodePath"'),
    });
    await until('it is killed', () => ends.length === 1);
  });

  test('is left alone after three failures, until asked again', async () => {
    let starts = 0;
    const entry = await script("console.error('no luck'); process.exit(7)");
    const engine = start({ entry, onExit: () => starts++ });
    for (let time = 0; time < 3; time++) {
      await expect(ask(engine, { do: 'facts' })).rejects.toMatchObject({
        code: 'engine-unavailable',
        what: 'the engine ended while it started, with exit code 7; it said:\nno luck',
      });
    }
    await expect(ask(engine, { do: 'facts' })).rejects.toMatchObject({ what: expect.stringContaining('3 times') });
    expect(starts).toBe(3);
    engine.restart();
    await expect(ask(engine, { do: 'facts' })).rejects.toMatchObject({ what: expect.stringContaining('no luck') });
    expect(starts).toBe(4);
    engine.configure({ entry: odd });
    await expect(ask<Facts>(engine, { do: 'facts' })).resolves.toBeDefined();
  });

  test('for a Node that is missing, old or none', async () => {
    const nodes = await temporaryFolder();
    const program = async (name: string, answer: string) => {
      const file = path.join(nodes, name);
      await writeFile(file, `#!/bin/sh\necho ${answer}\n`);
      await chmod(file, 0o755);
      return file;
    };
    const cases = [
      [path.join(nodes, 'missing'), 'there is no such program'],
      [await program('old', 'v18.19.1'), 'is Node 18.19.1, which is too old'],
      [await program('other', 'Python 3.12'), 'is no Node: asked for its version, it says "Python 3.12"'],
    ];
    for (const [nodePath, what] of cases) {
      await expect(ask(start({ nodePath }), { do: 'facts' })).rejects.toMatchObject({
        ...{ code: 'engine-unavailable', file: nodePath, what },
        hint: expect.stringContaining('"lethe.engine.nodePath"'),
      });
    }
    await expect(ask<Facts>(start({ nodePath: process.execPath }), { do: 'facts' })).resolves.toBeDefined();
  });
});

describe('the engine of two processes', () => {
  function both(threads?: number): Engine {
    const engine = new Engine({ entry: odd, threads });
    engines.push(engine);
    return engine;
  }
  const echo = async (engine: Engine, name: JobName, more: object = {}) =>
    (await engine.run(name, { do: 'request', ...more } as never)) as unknown as { pid: number; request: object };

  test('looks in one and computes in the other', async () => {
    const engine = both();
    const files = (await echo(engine, 'inspect')).pid;
    const work = (await echo(engine, 'unlearn')).pid;
    expect(files).not.toBe(work);
    for (const name of ['describe', 'diagnose', 'runs', 'findData', 'writeSetup', 'environment', 'report'] as const) {
      expect((await echo(engine, name)).pid).toBe(files);
    }
    for (const name of ['evaluate', 'estimate', 'checkSetup'] as const) {
      expect((await echo(engine, name)).pid).toBe(work);
    }
    expect((await echo(engine, 'report', { explanations: true })).pid).toBe(work);
    expect((await echo(engine, 'diagnose', { evaluate: true })).pid).toBe(work);
    expect((await echo(engine, 'diagnose', { scanBytes: 1 })).pid).toBe(files);
    expect((await echo(engine, 'diagnose', { scanBytes: 1e12 })).pid).toBe(work);
  });

  test('gives each job its threads', async () => {
    const engine = both(3);
    expect((await echo(engine, 'evaluate')).request).toMatchObject({ threads: 3 });
    expect((await echo(engine, 'evaluate', { threads: 1 })).request).toMatchObject({ threads: 1 });
    engine.configure({ threads: 2 });
    expect((await echo(engine, 'inspect')).request).toMatchObject({ threads: 2 });
  });

  test('cancels what waits and what runs when it is disposed of', async () => {
    const engine = both();
    const jobs = [0, 1].map(() => engine.run('evaluate', { do: 'wait' } as never));
    const failures = jobs.map((job) => expect(job).rejects.toMatchObject({ code: 'cancelled' }));
    await engine.dispose();
    await Promise.all(failures);
    expect(engine.queue.jobs).toEqual([]);
    await expect(engine.run('inspect', { model: 'x' })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the engine that is shipped', () => {
  function engine(): Engine {
    const engine = new Engine({ entry: builtEngine() });
    engines.push(engine);
    return engine;
  }

  test('unlearns, with progress of every phase', async () => {
    const model = await writeShapes(await temporaryFolder());
    const phases = new Set<string>();
    const result = await engine().run(
      'unlearn',
      { model, forget: ['Rows'] },
      { onProgress: (progress) => phases.add(`${stepOf(progress)}: ${progress.phase}`) },
    );
    expect(result.after.forgetAccuracy).toBeLessThanOrEqual(0.01);
    expect(await exists(result.output)).toBe(true);
    expect([...phases].sort()).toEqual([
      ...['check: dimensions', 'check: measure', 'load: hash', 'load: load', 'measure: measure'],
      ...['save: hash', 'save: save', 'search: measure', 'search: search'],
      ...['spaces: moments', 'spaces: spaces', 'spaces: spectra'],
    ]);
  });

  test('answers a look while a run is under way, and stops that without a trace', async () => {
    const folder = await temporaryFolder();
    const model = await writeShapes(folder);
    const both = engine();
    const stop = new AbortController();
    let began!: () => void;
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const run = both.run(
      'unlearn',
      { model, forget: ['Slope'] },
      { signal: stop.signal, onProgress: ({ phase }) => phase === 'spaces' && began() },
    );
    const failure = expect(run).rejects.toMatchObject({ code: 'cancelled' });
    const waiting = both.submit('evaluate', { model });
    await begun;
    expect(waiting).toMatchObject({ status: 'queued', position: 1 });
    stop.abort();
    expect((await both.run('inspect', { model })).classCount).toBe(5);
    await failure;
    expect((await readdir(folder)).filter((name) => name.includes('shapes'))).toEqual(['shapes.onnx']);
    expect(await exists(path.join(folder, '.lethe/runs'))).toBe(false);
    expect((await waiting.promise).accuracy).toBeGreaterThan(0.9);
  });

  test('refuses what would take it over its limit', async () => {
    const model = await writeShapes(await temporaryFolder());
    const limited = new Engine({ entry: builtEngine(), memoryLimitBytes: 200 * 2 ** 20 });
    engines.push(limited);
    const refused = { code: 'out-of-memory', what: expect.stringContaining('but only 200 MiB are available') };
    await expect(limited.run('unlearn', { model, forget: ['Slope'] })).rejects.toMatchObject(refused);
    expect((await limited.run('estimate', { model, forget: ['Slope'] })).refusals.length).toBe(1);
  });

  test('that is killed while it works is told, and the next run works', async () => {
    const model = await writeShapes(await temporaryFolder());
    const pids: number[] = [];
    const engine = new EngineProcess({ entry: builtEngine(), onStart: ({ pid }) => pids.push(pid) });
    engines.push(engine);
    const run = engine.run(
      'unlearn',
      { model, forget: ['Slope'] },
      { onProgress: ({ phase }) => phase === 'spaces' && process.kill(pids[0], 'SIGKILL') },
    );
    await expect(run).rejects.toMatchObject({ code: 'engine-crashed', hint: expect.stringContaining('next run') });
    const result = await engine.run('unlearn', { model, forget: ['Slope'] });
    expect(result.after.forgetAccuracy).toBeLessThanOrEqual(0.01);
    expect(pids.length).toBe(2);
  });
});

/** A script of plain Node that is no engine. */
async function script(text: string): Promise<string> {
  const file = path.join(await temporaryFolder(), 'script.cjs');
  await writeFile(file, text);
  return file;
}
