/**
 * Makes the records of test/fixtures/records anew, which the Studio's and the report's fixtures are built from: the command
 * line as it is shipped makes the example's network forget Shirt and then Bag, and the engine is asked what it knows between
 * one and the next. Takes some minutes; times, dates and the machine differ from one time to the next.
 *
 *   npx tsx test/support/studio/makeRecords.ts
 */
import { copyFile, cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exampleFolder, prepareData } from '../../../examples/fashion-mnist/data.js';
import { ensureBuilt } from '../../../scripts/bundle/dist.js';
import { EngineProcess } from '../../../src/client/engineProcess.js';
import { candidateOf, projectionRecipe } from '../../../src/contract/recipes.js';
import { reportOf } from '../../../src/project/errorReport.js';
import { prettyJson } from '../../../src/project/prettyJson.js';
import { builtEngine } from '../engine/entries.js';
import { GOLDEN_HOME, type GoldenAnswers, goldenFile } from '../engine/goldenRecords.js';
import { lethe } from '../program/cli.js';

/** A candidate of the first run that does not forget Shirt as well as it must. */
const OTHER = candidateOf(projectionRecipe(10, 1)).id;
/** Fewer samples, fewer candidates, and only the last layers. */
const OF_BAG = ['--samples', '20', '--alpha-f', '3,10,30', '--layers', '{residual*,hidden,logits}'];

/** Bytes that are left of a file that was cut short. */
const CUT = 200_000;

await ensureBuilt(['programs']);
await prepareData();
const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'lethe-records-')));
const model = path.join(folder, 'fashion.onnx');
const engine = new EngineProcess({ entry: builtEngine() });
try {
  for (const name of ['fashion.onnx', 'lethe.json', 'data']) {
    await cp(path.join(exampleFolder, name), path.join(folder, name), { recursive: true });
  }
  await makeAll();
} finally {
  engine.dispose();
  await rm(folder, { recursive: true, force: true });
}

async function makeAll(): Promise<void> {
  const output = path.join(folder, 'fashion.forget-shirt.onnx');
  const inspect = await engine.run('inspect', { model, headersOnly: true });
  const fresh = await summaryOf(model);
  const troubles = await makeTroubles();

  await command('evaluate', model);
  await keep('evaluations', /\.json$/, 'evaluation');
  const evaluated = await summaryOf(model);
  const violations = await findingsOf(model);
  const failure = await engine
    .run('unlearn', { model, forget: ['Shirt'], alphaR: [300], alphaF: [1] })
    .then(unexpected, reportOf);

  const shirt = await forget('Shirt', 'shirt');
  await engine.run('candidate', { run: shirt, candidate: OTHER });
  await copyFile(path.join(shirt, 'candidates', `${OTHER}.json`), goldenFile('otherCandidate'));
  const [superseded, verified] = [await summaryOf(model), await summaryOf(output)];
  const successors = await findingsOf(model);

  await forget('Bag', 'bag', ...OF_BAG);
  const { runs } = await engine.run('runs', { folders: [folder] });
  const answers: GoldenAnswers = {
    ...{ inspect, fresh, evaluated, superseded, verified, violations, successors, runs, failure, troubles },
  };
  await writeFile(goldenFile('answers'), `${prettyJson(answers).replaceAll(folder, GOLDEN_HOME)}\n`);
}

/** What is said where something is wrong with the files, or not to be read. */
async function makeTroubles(): Promise<GoldenAnswers['troubles']> {
  const config = path.join(folder, 'lethe.json');
  const text = await readFile(config, 'utf8');
  const misspelt = text.replace('"class": "Shirt"', '"class": "Shrit"');
  const wrong = text.replace('"channels": 1', '"channels": "one"').replace('"idx"', '"idz"');
  const damaged = () => engine.run('inspect', { model, headersOnly: true }).then(unexpected, reportOf);
  return {
    restricted: (await engine.run('describe', { models: [model], headersOnly: true })).models[0],
    unset: await instead(config, null, () => summaryOf(model)),
    misspelt: await instead(config, misspelt, () => summaryOf(model)),
    misconfigured: await instead(config, wrong, () => summaryOf(model)),
    cutShort: await instead(model, (await readFile(model)).subarray(0, CUT), async () => {
      return { error: await damaged(), summary: await summaryOf(model) };
    }),
  };
}

/** Does something while a file holds something else; null is no file. */
async function instead<T>(file: string, content: string | Uint8Array | null, act: () => Promise<T>): Promise<T> {
  const whole = await readFile(file);
  await (content === null ? rm(file) : writeFile(file, content));
  try {
    return await act();
  } finally {
    await writeFile(file, whole);
  }
}

function unexpected(): never {
  throw new Error('this was to fail');
}

async function summaryOf(model: string) {
  return (await engine.run('describe', { models: [model] })).models[0];
}

async function findingsOf(model: string) {
  return (await engine.run('diagnose', { models: [model] })).findings;
}

/** Makes the model forget a class, and keeps the record. @returns the run's folder. */
async function forget(name: string, record: 'shirt' | 'bag', ...options: readonly string[]): Promise<string> {
  await command('unlearn', model, '--forget', name, ...options);
  const run = await keep('runs', new RegExp(`-${record}$`), record, 'run.json');
  return path.dirname(run);
}

/** Runs the command line. 3: done, but a limit is not met. */
async function command(...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await lethe([...args, '--quiet']);
  console.log(stdout);
  if (code !== 0 && code !== 3) throw new Error(`lethe ${args.join(' ')} ended with ${code}: ${stderr}`);
}

/** Copies what lies under `.lethe/<kind>` with such a name. @returns its path. */
async function keep(kind: string, name: RegExp, as: Parameters<typeof goldenFile>[0], file = ''): Promise<string> {
  const all = path.join(folder, '.lethe', kind);
  const [found] = (await readdir(all)).filter((entry) => name.test(entry));
  const from = path.join(all, found, file);
  await copyFile(from, goldenFile(as));
  return from;
}
