import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataFolder, exampleFolder, prepareData } from '../examples/fashion-mnist/data.js';
import { projectionRecipe } from '../src/contract/recipes.js';
import { measureConfusion } from '../src/engine/open/accuracy.js';
import { locateModel } from '../src/engine/open/location.js';
import { batchSize } from '../src/engine/open/probe.js';
import { Session } from '../src/engine/open/session.js';
import { measureModel } from '../src/engine/run/candidate.js';
import { draftRun, settleRun } from '../src/engine/run/prepare.js';
import { projection } from '../src/engine/run/projection.js';
import { refit } from '../src/engine/run/refit.js';
import { accuraciesOf } from '../src/engine/run/results.js';

const [modelArg, forgetArg, pairsArg] = process.argv.slice(2);
await prepareData();
const folder = await mkdtemp(path.join(tmpdir(), 'lethe-bench-'));
for (const file of ['fashion.onnx', 'fashion-tfjs', 'lethe.json']) await cp(path.join(exampleFolder, file), path.join(folder, file), { recursive: true });
await symlink(dataFolder, path.join(folder, 'data'));
const request = { model: modelArg === 'demo' ? path.join(folder, 'fashion.onnx') : modelArg, forget: [forgetArg] } as const;
const session = await Session.open(await locateModel(request), request);
const draft = await draftRun(session, request, {});
const before = await measureModel(draft, session.classifier, {});
const basis = settleRun(draft, before);
const roles = { retain: basis.targets.retain, forget: basis.targets.forget.map((one) => one.index) };
const show = (name: string, confusion: typeof before, seconds: number) => {
  const a = accuraciesOf(confusion, roles);
  console.log(name.padEnd(26), (100 * a.retainAccuracy).toFixed(2), (100 * a.forgetAccuracy).toFixed(2), `${seconds.toFixed(1)} s`);
};
show(`before ${forgetArg}`, before, 0);
for (const [name, method] of [['projection', projection], ['refit', refit]] as const) {
  let t = performance.now();
  const source = await method.prepare(basis, false, {});
  console.log(name, 'prepared in', ((performance.now() - t) / 1000).toFixed(1));
  for (const pair of (pairsArg ?? '30/3,100/10,30/10,10/10').split(',')) {
    const [r, f] = pair.split('/').map(Number);
    t = performance.now();
    const edits = await source.edits(projectionRecipe(r, f), 'full', {});
    const seconds = (performance.now() - t) / 1000;
    const model = await session.classifier.withWeights(edits);
    show(`${name} ${pair}`, await measureConfusion(model, basis.pools.measured, batchSize(basis.costs), {}), seconds);
    await model.dispose();
  }
  await source.dispose();
}
await session.close();
await rm(folder, { recursive: true, force: true });
