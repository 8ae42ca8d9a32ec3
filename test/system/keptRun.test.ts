import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Engine } from '../../src/client/engine.js';
import { EngineProcess } from '../../src/client/engineProcess.js';
import { residentMemory } from '../../src/client/residentMemory.js';
import type { JobName, Jobs, PartOf } from '../../src/contract/jobs.js';
import type { Phase, Progress } from '../../src/contract/progress.js';
import type { CandidateId } from '../../src/contract/recipes.js';
import type { UnlearnPart, UnlearnResult } from '../../src/contract/run.js';
import { METHOD_NAMES } from '../../src/contract/settings.js';
import { builtEngine } from '../support/engine/entries.js';
import { temporaryFolder } from '../support/folders.js';
import { writeShapes } from '../support/models/shapes.js';

const engines: (EngineProcess | Engine)[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

const settings = { forget: ['Rows'], alphaR: [30, 100], alphaF: [1, 10], threads: 1 };

/** The candidates that a run has tried and not chosen, though they forget. */
function others({ candidates }: UnlearnResult): CandidateId[] {
  return candidates.filter(({ chosen, forgets }) => forgets && !chosen).map(({ id }) => id);
}

/** Runs a job and tells the phases that it went through, and its parts. */
async function watched<Name extends JobName>(
  engine: EngineProcess | Engine,
  name: Name,
  request: Jobs[Name]['request'],
) {
  const phases = new Set<Phase>();
  const parts: PartOf<Name>[] = [];
  const work = {
    onProgress: ({ phase }: Progress) => void phases.add(phase),
    onPart: (part: PartOf<Name>) => void parts.push(part),
  };
  return { result: await engine.run(name, request, work), phases, parts };
}

/** An engine, and the process that it runs in once it was asked for something. */
function startEngine(): { readonly engine: EngineProcess; pid(): number } {
  let pid = 0;
  const engine = new EngineProcess({
    entry: builtEngine(),
    onStart: (hello) => {
      pid = hello.pid;
    },
  });
  engines.push(engine);
  return { engine, pid: () => pid };
}

describe('a run in the engine process', () => {
  test.each(METHOD_NAMES)(
    'leaves what it found for other candidates, which are the same after the process was killed: %s',
    async (method) => {
      const model = await writeShapes(await temporaryFolder());
      const { engine, pid } = startEngine();
      const { result, parts } = await watched(engine, 'unlearn', { model, ...settings, method });
      const told: UnlearnPart = Object.assign({}, ...parts);
      const shown = (await engine.run('showRun', { run: result.run }))!;
      expect({ ...told, seconds: result.seconds }).toEqual(shown.outcome);

      const [other] = others(result);
      const kept = await watched(engine, 'candidate', { run: result.run, candidate: other, threads: 1 });
      expect(kept.phases).not.toContain('spaces');
      expect(kept.result.outcome.layers[0].spectra.retain).toBeInstanceOf(Float32Array);

      const first = pid();
      process.kill(first, 'SIGKILL');
      await expect
        .poll(() => engine.run('showRun', { run: result.run, candidate: other }).catch(() => null))
        .toEqual(kept.result);
      expect(pid()).not.toBe(first);
      await rm(path.join(result.run, 'candidates'), { recursive: true });
      const rebuilt = await watched(engine, 'candidate', { run: result.run, candidate: other, threads: 1 });
      expect(rebuilt.phases).toContain('spaces');
      expect(rebuilt.result).toEqual(kept.result);

      const out = path.join(path.dirname(model), 'saved.onnx');
      const saved = await engine.run('saveCandidate', { run: result.run, candidate: other, out, threads: 1 });
      expect((await engine.run('evaluate', { model: saved.output, threads: 1 })).confusion.flat()).toEqual([
        ...kept.result.outcome.confusionAfter!.counts,
      ]);
    },
  );

  test('is shown, with its samples, while the next one goes on', async () => {
    const model = await writeShapes(await temporaryFolder());
    const engine = new Engine({ entry: builtEngine(), threads: 1 });
    engines.push(engine);
    const { run } = await engine.run('unlearn', { model, ...settings });
    let began!: () => void;
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const many = Array.from({ length: 30 }, (_, at) => 10 + at);
    const long = { model, ...settings, alphaR: many, alphaF: many, force: true };
    const next = engine.submit('unlearn', long, { onProgress: began });
    await begun;
    const shown = (await engine.run('showRun', { run }))!;
    const { classes } = await engine.run('thumbnails', { model, classes: [1], perClass: 3, size: 8 });
    expect(next.status).toBe('running');
    expect(shown.outcome.confusionAfter?.counts).toBeInstanceOf(Uint32Array);
    expect(classes[0].pictures.map(({ width, rgb }) => [width, rgb.length])).toEqual(new Array(3).fill([8, 192]));
    next.cancel();
    await expect(next.promise).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('holds no more memory after many runs than after a few', async () => {
    const model = await writeShapes(await temporaryFolder());
    const { engine, pid } = startEngine();
    const resident: number[] = [];
    for (let time = 0; time < 8; time++) {
      const result = await engine.run('unlearn', { model, ...settings, force: true });
      for (const other of others(result))
        await engine.run('candidate', { run: result.run, candidate: other, threads: 1 });
      resident.push((await residentMemory(pid()))!);
    }
    expect(resident[7] - resident[2]).toBeLessThan(60 * 2 ** 20);
  });
});
