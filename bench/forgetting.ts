/**
 * What forgetting costs on Fashion-MNIST: every class alone, a pair, a triple and two one after the other, measured on the
 * 10,000 test images, for both formats of the demo's network, at the defaults and at the settings of the paper.
 *
 *   npx tsx bench/forgetting.ts [--format onnx|tfjs] [--settings defaults|paper] [--seed N] [--classes 0,6]
 */
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { classNames, dataFolder, exampleFolder, prepareData } from '../examples/fashion-mnist/data.js';
import type { UnlearnRequest, UnlearnResult } from '../src/contract/run.js';
import { unlearn } from '../src/engine/jobs/unlearn.js';

const formats = { onnx: 'fashion.onnx', tfjs: 'fashion-tfjs/model.json' } as const;
/** Kodge et al. (TMLR 2024): 900 retained and 900 forgotten images, 10,000 patches a layer, every pair of alphas tried. */
const settings = {
  defaults: {},
  paper: {
    samples: 100,
    forgetSamples: 900,
    maxPatches: 10_000,
    alphaR: [10, 30, 100, 300, 1000],
    alphaF: [1, 3, 10, 30, 100],
  },
} as const satisfies Record<string, Partial<UnlearnRequest>>;

const { values: options } = parseArgs({
  options: {
    format: { type: 'string' },
    settings: { type: 'string' },
    seed: { type: 'string', default: '1' },
    classes: { type: 'string' },
  },
});

await prepareData();
const folder = await mkdtemp(path.join(tmpdir(), 'lethe-bench-'));
try {
  for (const file of ['fashion.onnx', 'fashion-tfjs', 'lethe.json']) {
    await cp(path.join(exampleFolder, file), path.join(folder, file), { recursive: true });
  }
  await symlink(dataFolder, path.join(folder, 'data'));
  for (const format of options.format ? [options.format as keyof typeof formats] : (['onnx', 'tfjs'] as const)) {
    for (const name of options.settings
      ? [options.settings as keyof typeof settings]
      : (['defaults', 'paper'] as const)) {
      await table(format, name);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function table(format: keyof typeof formats, name: keyof typeof settings): Promise<void> {
  console.log(`\n## ${format}, ${name} (seed ${options.seed})\n`);
  console.log('| forgotten | retain before | after | drop | forget before | after | alpha_r | alpha_f | s |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  const model = path.join(folder, formats[format]);
  const classes = options.classes?.split(',').map(Number) ?? classNames.map((_, index) => index);
  const drops: number[] = [];
  for (const index of classes) {
    const result = await run(name, model, [classNames[index]]);
    drops.push(result.before.retainAccuracy - result.after.retainAccuracy);
  }
  const mean = drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
  console.log(`| mean drop ${percent(mean)}, largest ${percent(Math.max(...drops))} | | | | | | | | |`);
  if (options.classes) return;
  await run(name, model, ['T-shirt/top', 'Shirt']);
  await run(name, model, ['Pullover', 'Coat', 'Shirt']);
  const first = await run(name, model, ['Sneaker']);
  const second = await run(name, first.output, ['Shirt']);
  const { accuracy } = byName(second, 'Sneaker');
  console.log(`| Sneaker after the second run | | | | | ${percent(accuracy)} | | | |`);
}

async function run(name: keyof typeof settings, model: string, forget: readonly string[]): Promise<UnlearnResult> {
  const result = await unlearn(
    { model, forget, allowOutside: true, force: true, seed: Number(options.seed), ...settings[name] },
    {},
  );
  const { before, after, candidate } = result;
  const cells = [
    [...result.earlier.map((earlier) => `(${earlier})`), ...result.forget].join(' + '),
    percent(before.retainAccuracy),
    percent(after.retainAccuracy),
    percent(before.retainAccuracy - after.retainAccuracy),
    percent(before.forgetAccuracy),
    percent(after.forgetAccuracy),
    candidate.recipe.alphaR,
    candidate.recipe.alphaF,
    result.seconds.total.toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  return result;
}

function byName(result: UnlearnResult, name: string): { accuracy: number } {
  return { accuracy: result.perClass.find((change) => change.class === name)!.after! };
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}
