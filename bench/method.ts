/**
 * What methods of forgetting cost on a network, class by class: retain and forget accuracy and recoverability on the test split,
 * beside a logit mask (the forgotten logit set to minus infinity) and, where there is one, a model that was trained without the
 * class. The defaults decide; nothing is chosen on the test split.
 *
 *   npx tsx bench/method.ts demo|demo-tfjs [--classes Shirt,Coat] [--methods refit,projection] [--settings '{"seed":2}']
 *   npx tsx bench/method.ts path/to/resnet.onnx --references path/to/resnet-without-CLASS.onnx
 *
 * With --exhaustive, the choice of the search stands beside that from all pairs of a grid, which is what it is measured by.
 *
 * Beside the model lies its lethe.json. Classes that are forgotten at once are joined by a plus sign, those forgotten one after the
 * other by a greater-than sign: --classes "cat+dog,ship>cat>dog".
 */
import { access, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { dataFolder, exampleFolder, prepareData } from '../examples/fashion-mnist/data.js';
import type { MethodName } from '../src/contract/candidates.js';
import { METHOD_NAMES } from '../src/contract/settings.js';
import { unlearn } from '../src/engine/jobs/unlearn.js';
import { locateModel } from '../src/engine/open/location.js';
import { batchSize, probe } from '../src/engine/open/probe.js';
import { inBatches, type SampleSet } from '../src/engine/open/samples.js';
import { Session } from '../src/engine/open/session.js';
import { evaluateOn } from '../src/engine/run/judging.js';
import { makePools } from '../src/engine/run/pools.js';
import type { Targets } from '../src/engine/run/targets.js';
import type { Classifier } from '../src/models/classifier.js';
import { openModel } from '../src/models/registry.js';
import type { Evaluation } from '../src/unlearn/candidates.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    classes: { type: 'string' },
    methods: { type: 'string', default: METHOD_NAMES.join(',') },
    references: { type: 'string' },
    exhaustive: { type: 'boolean', default: false },
    settings: { type: 'string', default: '{}' },
  },
});

/** What the search could have tried: for a refit every step of its path with more and with less forgetting, for the projection the paper's grid. */
const ALL_PAIRS: Readonly<Record<MethodName, { readonly alphaR: number[]; readonly alphaF: number[] }>> = {
  refit: { alphaR: [300, 170, 100, 55, 30, 17, 10, 5.5, 3, 1.7, 1], alphaF: [3, 10, 30] },
  projection: { alphaR: [10, 30, 100, 300, 1000], alphaF: [1, 3, 10, 30, 100] },
};

const DEMOS: Readonly<Record<string, string>> = { demo: 'fashion.onnx', 'demo-tfjs': 'fashion-tfjs/model.json' };

const folder = await mkdtemp(path.join(tmpdir(), 'lethe-bench-'));
try {
  const [name] = positionals;
  await table(name in DEMOS ? await demo(DEMOS[name]) : path.resolve(name));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function demo(model: string): Promise<string> {
  await prepareData();
  for (const file of [model.split('/')[0], 'lethe.json']) {
    await cp(path.join(exampleFolder, file), path.join(folder, file), { recursive: true });
  }
  await symlink(dataFolder, path.join(folder, 'data'));
  return path.join(folder, model);
}

async function table(model: string): Promise<void> {
  const request = { model, allowOutside: true };
  const session = await Session.open(await locateModel(request), request);
  const { classifier, classes } = session;
  const { measured } = makePools(session, 1);
  const costs = await probe(classifier, measured);
  const sums = new Map<string, number[]>();
  const row = (
    name: string,
    what: string,
    evaluation: Evaluation,
    before: Evaluation,
    forget: readonly number[],
    more = '',
  ) => {
    const drop = keptOf(before, forget) - keptOf(evaluation, forget);
    const forgotten = forgottenOf(evaluation, forget);
    const read = evaluation.recoverability;
    const cells = [name, what, percent(keptOf(evaluation, forget)), percent(drop), percent(forgotten)];
    cells.push(read ? `${percent(read.balancedAccuracy)} ± ${percent(read.error)}` : '', more);
    console.log(`| ${cells.join(' | ')} |`);
    sums.set(what, [...(sums.get(what) ?? []), drop]);
  };
  console.log(`\n## ${path.basename(model)}, ${options.settings}\n`);
  console.log('| forgotten | model | retain | drop | forget | recoverability | |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | --- |');
  for (const group of options.classes?.split(',') ?? classes) {
    const steps = group.split('>').map((step) => step.split('+'));
    const names = steps.flat();
    const forget = names.map((name) => classes.indexOf(name));
    const targets = targetsOf(forget, classes.length);
    const evaluate = (one: Classifier) => evaluateOn({ targets, costs }, one, measured, {});
    const before = await evaluate(classifier);
    row(group, 'original', before, before, forget);
    row(group, 'logit mask', { ...before, ...(await masked(classifier, measured, costs, forget)) }, before, forget);
    const chosen = options.methods.split(',').filter(Boolean) as MethodName[];
    const variants = chosen.flatMap((method) => [
      { what: method, method, settings: {} },
      ...(options.exhaustive ? [{ what: `${method}, all pairs`, method, settings: ALL_PAIRS[method] }] : []),
    ]);
    for (const { what, method, settings } of variants) {
      try {
        const written: string[] = [];
        let [from, tried, seconds, alphas] = [model, 0, 0, ''];
        for (const [at, step] of steps.entries()) {
          const out = path.join(
            path.dirname(model),
            `bench-${method}-${at}${path.extname(model).replace('.json', '')}`,
          );
          const asked = { model: from, forget: step, out, force: true };
          const all = { ...request, ...asked, method, ...settings, ...JSON.parse(options.settings) };
          const result = await unlearn(all, {});
          from = result.output;
          written.push(out);
          tried += result.candidates.length;
          seconds += result.seconds.total;
          alphas = `${result.candidate.recipe.alphaR}, ${result.candidate.recipe.alphaF}`;
        }
        const after = await openModel(from, {});
        const more = `α ${alphas} of ${tried}; ${seconds.toFixed(0)} s`;
        row(group, what, await evaluate(after).finally(() => after.dispose()), before, forget, more);
        for (const out of written) await rm(out, { recursive: true });
      } catch (error) {
        console.log(`| ${group} | ${what} | ${(error as Error).message} |`);
      }
    }
    const reference = options.references && path.resolve(options.references.replace('CLASS', group));
    if (
      reference &&
      (await access(reference).then(
        () => true,
        () => false,
      ))
    ) {
      const retrained = await openModel(reference, {});
      row(group, 'retrained', await evaluate(retrained).finally(() => retrained.dispose()), before, forget);
    }
  }
  for (const [what, drops] of sums) {
    const mean = drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
    console.log(`| mean, largest drop | ${what} | | ${percent(mean)}, ${percent(Math.max(...drops))} |`);
  }
  await session.close();
}

/** Accuracies with the logits of some classes never the largest. */
async function masked(
  model: Classifier,
  samples: SampleSet,
  costs: Awaited<ReturnType<typeof probe>>,
  forget: readonly number[],
): Promise<Pick<Evaluation, 'classes'>> {
  const tally = new Map<number, { right: number; all: number }>();
  for await (const { tensor, labels } of inBatches(samples, batchSize(costs))) {
    const { logits } = await model.forward(tensor);
    for (const [at, label] of labels.entries()) {
      const row = Array.from(logits.data.subarray(at * model.classCount, (at + 1) * model.classCount));
      for (const index of forget) row[index] = Number.NEGATIVE_INFINITY;
      const known = tally.get(label) ?? { right: 0, all: 0 };
      const right = Number(row.indexOf(Math.max(...row)) === label);
      tally.set(label, { right: known.right + right, all: known.all + 1 });
    }
  }
  return {
    classes: [...tally].map(([name, { right, all }]) => ({ class: name, accuracy: right / all, samples: all })),
  };
}

function targetsOf(forget: readonly number[], classes: number): Targets {
  const retain = Array.from({ length: classes }, (_, index) => index).filter((index) => !forget.includes(index));
  const entries = forget.map((index) => ({ index, maxAccuracy: 0.01, reason: null, policy: false }));
  return { forget: entries, earlier: [], retain, protect: [], pending: [] };
}

function keptOf({ classes }: Evaluation, forget: readonly number[]): number {
  return pooled(classes.filter((entry) => !forget.includes(entry.class)));
}

function forgottenOf({ classes }: Evaluation, forget: readonly number[]): number {
  return pooled(classes.filter((entry) => forget.includes(entry.class)));
}

function pooled(classes: Evaluation['classes']): number {
  const samples = classes.reduce((sum, entry) => sum + entry.samples, 0);
  return classes.reduce((sum, entry) => sum + entry.accuracy * entry.samples, 0) / samples;
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}
