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
import { matrix } from '../src/linalg/matrix.js';
import { inputVectors, positionCount } from '../src/models/unfold.js';
import { recoverability } from '../src/unlearn/recoverability.js';
import { inBatches, type SampleSet } from '../src/engine/open/samples.js';
import { draftRun, settleRun } from '../src/engine/run/prepare.js';
import { projection } from '../src/engine/run/projection.js';
import { refit } from '../src/engine/run/refit.js';
import { accuraciesOf } from '../src/engine/run/results.js';

const [modelArg, forgetArg, pairsArg] = process.argv.slice(2);
await prepareData();
const folder = await mkdtemp(path.join(tmpdir(), 'lethe-bench-'));
for (const file of ['fashion.onnx', 'fashion-tfjs', 'lethe.json']) await cp(path.join(exampleFolder, file), path.join(folder, file), { recursive: true });
await symlink(dataFolder, path.join(folder, 'data'));
const more = JSON.parse(process.argv[5] ?? '{}');
const request = { ...more, model: modelArg === 'demo' ? path.join(folder, 'fashion.onnx') : modelArg, forget: [forgetArg] } as const;
const session = await Session.open(await locateModel(request), request);
const draft = await draftRun(session, request, {});
const before = await measureModel(draft, session.classifier, {});
const basis = settleRun(draft, before);
const roles = { retain: basis.targets.retain, forget: basis.targets.forget.map((one) => one.index) };
async function features(model: typeof session.classifier, set: SampleSet) {
  const last = model.layers.at(-1)!;
  const { tap, geometry } = last.sites[0];
  const parts: { forget: number[]; rest: number[] } = { forget: [], rest: [] };
  for await (const { tensor, labels } of inBatches(set, batchSize(basis.costs))) {
    const { taps } = await model.forward(tensor, { taps: [tap] });
    const value = taps.get(tap)!;
    const per = positionCount(geometry, value.dims) / labels.length;
    const vectors = inputVectors(last, geometry, value, Array.from({ length: per * labels.length }, (_, i) => i));
    for (const [i, label] of labels.entries()) {
      const mean = new Float32Array(vectors.cols);
      for (let q = 0; q < per; q++) for (let c = 0; c < vectors.cols; c++) mean[c] += vectors.data[(i * per + q) * vectors.cols + c] / per;
      (roles.forget.includes(label) ? parts.forget : parts.rest).push(...mean);
    }
  }
  const cols = last.in;
  const as = (list: number[]) => matrix(list.length / cols, cols, Float32Array.from(list));
  return { forget: as(parts.forget), rest: as(parts.rest) };
}
async function probe(model: typeof session.classifier) {
  const both = { ...basis.samples.retain, indices: [...basis.samples.retain.indices, ...basis.samples.forget.indices] };
  const { balancedAccuracy, auc, error } = await recoverability(await features(model, both), await features(model, basis.pools.measured));
  console.log('   probe', (100 * balancedAccuracy).toFixed(1), '+-', (100 * error).toFixed(1), 'auc', (100 * auc).toFixed(1));
}
const show = (name: string, confusion: typeof before, seconds: number) => {
  const a = accuraciesOf(confusion, roles);
  console.log(name.padEnd(26), (100 * a.retainAccuracy).toFixed(2), (100 * a.forgetAccuracy).toFixed(2), `${seconds.toFixed(1)} s`);
};
show(`before ${forgetArg}`, before, 0);
await probe(session.classifier);
for (const [name, method] of [['projection', projection], ['refit', refit]] as const) {
  if (process.env.ONLY && process.env.ONLY !== name) continue;
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
    await probe(model);
    await model.dispose();
  }
  await source.dispose();
}
await session.close();
await rm(folder, { recursive: true, force: true });
