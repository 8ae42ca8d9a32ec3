import { throwIfAborted } from '../../../base/abort.js';
import { Random } from '../../../base/random.js';
import { stopwatch } from '../../../base/stopwatch.js';
import type { Work } from '../../../contract/progress.js';
import { gemm } from '../../../linalg/gemm.js';
import { matrix } from '../../../linalg/matrix.js';
import type { LayerEdit, LayerId } from '../../../linalg/weightEdits.js';
import type { Classifier } from '../../../models/classifier.js';
import { batchSize } from '../../open/probe.js';
import { inBatches, type SampleSet } from '../../open/samples.js';
import { Activations } from '../activations.js';
import { planPass } from '../editingPass.js';
import type { Pools } from '../pools.js';
import type { RunPlan } from './plan.js';

/** How fast this machine does the parts of a run, in seconds each. */
export interface Pace {
  /** One sample through the model, reading it included. */
  readonly forward: number;
  /** The same with all taps, and gathering the input vectors from them. */
  readonly tapped: number;
  /** Making a candidate and running it for the first time. */
  readonly candidate: number;
  /** Reading all weights that are to be edited. */
  readonly weights: number;
  /** Forward passes that a fit of all layers takes. */
  readonly passes: number;
  /** One multiply-add in a product of large matrices. */
  readonly multiplyAdd: number;
}

/** Passes are repeated for so long. */
const TRIAL_SECONDS = 0.4;

/** Runs a few samples to see how fast the machine is. @throws LetheError `cancelled`, and what is wrong with the samples. */
export async function measurePace(classifier: Classifier, pools: Pools, plan: RunPlan, work: Work): Promise<Pace> {
  const steps = ['forward', 'tapped', 'weights', 'multiplyAdd', 'candidate', 'passes'] as const;
  const pace = { forward: 0, tapped: 0, candidate: 0, weights: 0, multiplyAdd: 0, passes: 0 };
  const trials: Record<(typeof steps)[number], () => Promise<number>> = {
    forward: () => forwardSeconds(classifier, pools.measured, batchSize(plan.costs), work.signal),
    tapped: () => tappedSeconds(classifier, pools.available, plan, work.signal),
    weights: () => weightSeconds(classifier, plan, work.signal),
    multiplyAdd: () => multiplyAddSeconds(work.signal),
    candidate: () => candidateSeconds(classifier, pools.measured, plan, work.signal),
    passes: async () => (await planPass({ classifier, ...plan }, pools.available, work)).passes,
  };
  for (const [done, step] of steps.entries()) {
    throwIfAborted(work.signal);
    work.onProgress?.({ phase: 'estimate', done, total: steps.length });
    pace[step] = await trials[step]();
  }
  work.onProgress?.({ phase: 'estimate', done: steps.length, total: steps.length });
  return pace;
}

async function forwardSeconds(
  classifier: Classifier,
  samples: SampleSet,
  batch: number,
  signal?: AbortSignal,
): Promise<number> {
  let clock = stopwatch();
  let [perSample, count, warm] = [0, 0, false];
  for await (const { tensor, labels } of inBatches(samples, batch, signal)) {
    await classifier.forward(tensor, { signal });
    count += labels.length;
    perSample = clock() / count;
    if (perSample * count < TRIAL_SECONDS) continue;
    if (warm || perSample * batch > TRIAL_SECONDS) break;
    // Runtimes compile and adapt at first, so only what comes after counts, if there is anything.
    warm = true;
    count = 0;
    clock = stopwatch();
  }
  return perSample;
}

async function tappedSeconds(
  classifier: Classifier,
  samples: SampleSet,
  plan: RunPlan,
  signal?: AbortSignal,
): Promise<number> {
  const batch = batchSize(plan.costs, plan.layers);
  const total = plan.samples.retain + plan.samples.forget;
  const trial = async (count: number): Promise<number> => {
    const some = { ...samples, indices: samples.indices.slice(0, count) };
    // As many vectors of each sample as in the run.
    const maxPatches = Math.max(
      1,
      Math.round((2 * plan.settings.maxPatches * some.indices.length) / Math.max(1, total)),
    );
    const stream = new Activations(classifier, { retain: some, forget: some }, plan.costs, {
      ...{ maxPatches, seed: plan.settings.seed, signal },
    });
    const clock = stopwatch();
    for await (const _ of stream.vectors(
      'retain',
      plan.layers.map(({ id }) => id),
      signal,
    ));
    return clock() / some.indices.length;
  };
  const first = await trial(batch);
  return first * batch > 2 * TRIAL_SECONDS ? first : trial(2 * batch);
}

async function weightSeconds(classifier: Classifier, plan: RunPlan, signal?: AbortSignal): Promise<number> {
  const clock = stopwatch();
  for (const { id } of plan.layers) {
    throwIfAborted(signal);
    await classifier.readWeight(id);
  }
  return clock();
}

/** A candidate with the weights that are there already. */
async function candidateSeconds(
  classifier: Classifier,
  samples: SampleSet,
  { layers }: RunPlan,
  signal?: AbortSignal,
): Promise<number> {
  const edits = new Map<LayerId, LayerEdit>();
  for (const { id } of layers) edits.set(id, { weight: await classifier.readWeight(id) });
  for await (const { tensor } of inBatches({ ...samples, indices: samples.indices.slice(0, 1) }, 1, signal)) {
    const clock = stopwatch();
    const candidate = await classifier.withWeights(edits);
    try {
      await candidate.forward(tensor, { signal });
      return clock();
    } finally {
      await candidate.dispose();
    }
  }
  return 0;
}

async function multiplyAddSeconds(signal?: AbortSignal): Promise<number> {
  const size = 512;
  const random = new Random(1);
  const [a, b, out] = [0, 0, 0].map(() => matrix(size, size));
  for (let at = 0; at < a.data.length; at++) a.data[at] = b.data[at] = random.unit();
  await gemm(a, b, out, { transB: true, signal });
  const clock = stopwatch();
  const times = 5;
  for (let time = 0; time < times; time++) await gemm(a, b, out, { transB: true, mode: 'add', signal });
  return clock() / (times * size ** 3);
}
