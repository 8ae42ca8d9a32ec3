import { locateModel } from '../src/engine/open/location.js';
import { Session } from '../src/engine/open/session.js';
import { measureModel, rolesOf } from '../src/engine/run/candidate.js';
import { evaluateOn } from '../src/engine/run/judging.js';
import { METHODS } from '../src/engine/run/methods.js';
import { draftRun, settleRun } from '../src/engine/run/prepare.js';
const [model, forget, method, rs, fs, more] = process.argv.slice(2);
const request = { model, forget: forget.split('+'), allowOutside: true, method: method as 'refit', ...JSON.parse(more ?? '{}') };
const session = await Session.open(await locateModel(request), request);
const draft = await draftRun(session, request, {});
const before = await measureModel(draft, session.classifier, {});
const basis = settleRun(draft, before);
const { fitted, judged } = basis.samples.folds[0];
const roles = rolesOf(basis);
const acc = (e: any, ids: readonly number[]) => { const c = e.classes.filter((x: any) => ids.includes(x.class)); const n = c.reduce((s: number, x: any) => s + x.samples, 0); return (100 * c.reduce((s: number, x: any) => s + x.samples * x.accuracy, 0) / n).toFixed(2); };
const show = async (name: string, m: any, s: string) => { const j = await evaluateOn(basis, m, judged, {}); const t = await evaluateOn(basis, m, basis.pools.measured, {}); console.log(name.padEnd(14), 'held out', acc(j, roles.retain), acc(j, roles.forget), (100 * (j.recoverability?.balancedAccuracy ?? 0)).toFixed(1), ' test', acc(t, roles.retain), acc(t, roles.forget), (100 * (t.recoverability?.balancedAccuracy ?? 0)).toFixed(1), s); };
await show('before', session.classifier, '');
let t0 = performance.now();
const source = await METHODS[method as 'refit'].prepare(basis, fitted, {});
console.log('prepared', ((performance.now() - t0) / 1000).toFixed(1));
for (const r of rs.split(',').map(Number)) for (const f of fs.split(',').map(Number)) {
  t0 = performance.now();
  const edits = await source.edits({ method: method as 'refit', alphaR: r, alphaF: f }, {});
  const s = ((performance.now() - t0) / 1000).toFixed(1);
  const m = await session.classifier.withWeights(edits);
  await show(`${r}/${f}`, m, s);
  await m.dispose();
}
await source.dispose(); await session.close();
