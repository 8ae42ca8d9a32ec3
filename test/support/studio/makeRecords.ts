/**
 * Makes test/fixtures/records anew, which the fixtures of the Studio and of the report are built from: the command line as it is
 * shipped makes the example's network forget Shirt and then Bag, and the engine is asked what it knows between one and the
 * next. Takes some minutes. Times, dates and versions differ from one time to the next.
 *
 *   npx tsx test/support/studio/makeRecords.ts
 */
import { copyFile, cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exampleFolder, prepareData } from '../../../examples/fashion-mnist/data.js';
import { ensureBuilt } from '../../../scripts/bundle/dist.js';
import { EngineProcess } from '../../../src/client/engineProcess.js';
import { depthFront } from '../../../src/contract/depth.js';
import type { CandidateId } from '../../../src/contract/recipes.js';
import { runRecord } from '../../../src/contract/records.js';
import { prettyJson } from '../../../src/project/prettyJson.js';
import { errorOf, findingsAbout, summaryOf, troublesOf } from '../engine/askEngine.js';
import { builtEngine } from '../engine/entries.js';
import { GOLDEN_HOME, type GoldenAnswers, type GoldenName, goldenFile } from '../engine/goldenRecords.js';
import { lethe } from '../program/cli.js';

/** The paper's own method with pairs that are given, fewer samples, and only the last layers. */
const OF_BAG = [
  ...['--method', 'projection', '--alpha-r', '10,30,100,300', '--alpha-f', '3,10,30'],
  ...['--samples', '20', '--layers', '{residual*,hidden,logits}'],
];
/** One pair of which it is known that it does not forget Shirt. */
const TOO_LITTLE = { method: 'projection', alphaR: [300], alphaF: [1] } as const;

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
  const { run } = engine;
  const output = path.join(folder, 'fashion.forget-shirt.onnx');
  const inspect = await run('inspect', { model, headersOnly: true });
  const fresh = await summaryOf(run, model);
  const troubles = await troublesOf(run, model);

  await command('evaluate', model);
  await keep('evaluations', /\.json$/, 'evaluation');
  const evaluated = await summaryOf(run, model);
  const violations = await findingsAbout(run, model);
  const failure = await errorOf(run('unlearn', { model, forget: ['Shirt'], ...TOO_LITTLE }));

  const shirt = await forget('Shirt', 'shirt');
  const other = await otherThan(path.join(shirt, 'run.json'));
  await run('candidate', { run: shirt, candidate: other });
  await copyFile(path.join(shirt, 'candidates', `${other}.json`), goldenFile('otherCandidate'));
  const [superseded, verified] = [await summaryOf(run, model), await summaryOf(run, output)];
  const successors = await findingsAbout(run, model);

  await forget('Bag', 'bag', ...OF_BAG);
  const { runs } = await run('runs', { folders: [folder] });
  const answers: GoldenAnswers = {
    ...{ inspect, fresh, evaluated, superseded, verified, violations, successors, runs, failure, troubles },
  };
  await writeFile(goldenFile('answers'), `${prettyJson(answers).replaceAll(folder, GOLDEN_HOME)}\n`);
}

/** A candidate that the run did not take: of those that are worth a look the deepest. */
async function otherThan(file: string): Promise<CandidateId> {
  const { candidates } = runRecord.parse(JSON.parse(await readFile(file, 'utf8'))).result;
  const worth = depthFront(candidates.filter(({ complete, forgets }) => complete && forgets));
  const others = [...candidates, ...worth].filter(({ chosen }) => !chosen);
  return others.at(-1)!.id;
}

/** Makes the model forget a class, and keeps the record. @returns the run's folder. */
async function forget(name: string, record: GoldenName, ...options: readonly string[]): Promise<string> {
  await command('unlearn', model, '--forget', name, ...options);
  return path.dirname(await keep('runs', new RegExp(`-${record}$`), record, 'run.json'));
}

/** Runs the command line. 3: done, but a limit is not met. */
async function command(...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await lethe([...args, '--quiet']);
  console.log(stdout);
  if (code !== 0 && code !== 3) throw new Error(`lethe ${args.join(' ')} ended with ${code}: ${stderr}`);
}

/** Copies what lies under `.lethe/<kind>` with such a name. @returns its path. */
async function keep(kind: string, name: RegExp, as: GoldenName, file = ''): Promise<string> {
  const all = path.join(folder, '.lethe', kind);
  const [found] = (await readdir(all)).filter((entry) => name.test(entry));
  const from = path.join(all, found, file);
  await copyFile(from, goldenFile(as));
  return from;
}
