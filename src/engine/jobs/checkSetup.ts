import path from 'node:path';
import { Random } from '../../base/random.js';
import type { Work } from '../../contract/progress.js';
import type { Confusion } from '../../contract/records.js';
import { RUN_SETTINGS } from '../../contract/settings.js';
import type { CheckSetupRequest, CheckSetupResult } from '../../contract/setup.js';
import { toTensor } from '../../data/preprocess.js';
import { sampleIndices } from '../../data/sampling.js';
import { elementCount } from '../../linalg/tensor.js';
import { parseConfig } from '../../project/config.js';
import { CONFIG_NAME } from '../../project/home.js';
import { dropModel } from '../kept/loadedModels.js';
import { accuracyOver, answersOf, classAccuracies } from '../open/accuracy.js';
import { SAMPLE_CACHE_BYTES } from '../open/limits.js';
import { locateModel } from '../open/location.js';
import { batchSize, probe } from '../open/probe.js';
import { inBatches, remembering, type SampleSet } from '../open/samples.js';
import { Session } from '../open/session.js';
import { alternatives, type Known } from '../setup/alternatives.js';
import { encodePreview } from '../setup/previews.js';
import { channelStatistics, columnStatistics } from '../setup/statistics.js';
import { suggest } from '../setup/suggest.js';
import { chanceOf, warningOf } from '../setup/verdict.js';

const DEFAULT_SAMPLES = 200;
const MOST_PREVIEWS = 20;
/** Values that statistics are taken from. */
const MOST_VALUES = 2 ** 24;
/** Columns up to which each may have a mean and a std of its own: more would fill `lethe.json` with numbers. */
const MOST_COLUMNS = 256;

/**
 * Tries the settings of a `lethe.json` that is not written yet on a few samples: is the model any good with them, would it be
 * better with others, and what does it get to see?
 * @throws ConfigError, and LetheError as `Session.open`; `cancelled`.
 */
export async function checkSetup(request: CheckSetupRequest, work: Work = {}): Promise<CheckSetupResult> {
  const { model, allowOutside, threads } = request;
  const draft = await parseConfig(path.join(request.folder, CONFIG_NAME), request.config, { allowOutside });
  await dropModel();
  const asked = { model, threads };
  const session = await Session.open(await locateModel(asked), asked, work, draft);
  try {
    const { classifier, classes } = session;
    const samples = drawn((session.split('test') ?? session.split('train'))!, request.samples ?? DEFAULT_SAMPLES);
    const costs = await probe(classifier, samples, work.signal);
    const batch = batchSize(costs);
    const answers = await answersOf(classifier, samples, batch, work);
    const confusion = confusionOf(samples, answers, classes.length);
    const chance = chanceOf(confusion);
    const accuracy = accuracyOver(confusion, [...classes.keys()])!;
    const fed = await look(samples, answers, classes, batch, work);
    const others = alternatives(samples.input, await knownOf(samples, work.signal));
    const suggestions = await suggest(
      classifier,
      samples,
      others,
      { accuracy, chance, batch, operations: costs.operations },
      work,
    );
    return {
      accuracy,
      chance,
      samples: samples.indices.length,
      perClass: classAccuracies(classes, confusion),
      warning: warningOf(confusion, classes, suggestions[0]?.accuracy ?? 0),
      suggestions,
      ...fed,
    };
  } finally {
    await session.close();
  }
}

/** As many samples of each class as there is room for; of so many classes only, where there are more than that. */
function drawn({ dataset, input }: SampleSet, count: number): SampleSet {
  const present = [...new Set(dataset.labels)].sort((a, b) => a - b);
  const classes =
    present.length > count
      ? new Random(RUN_SETTINGS.seed.default).sample(present.length, count).map((at) => present[at])
      : present;
  const perClass = Math.max(1, Math.floor(count / classes.length));
  const { indices } = sampleIndices(dataset.labels, { classes, perClass, seed: RUN_SETTINGS.seed.default });
  return { dataset: remembering(dataset, indices, SAMPLE_CACHE_BYTES), input, indices };
}

function confusionOf({ dataset: { labels }, indices }: SampleSet, answers: Int32Array, classes: number): Confusion {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [at, index] of indices.entries()) counts[labels[index]][answers[at]]++;
  return counts;
}

/** What the network sees: one sample of each class, and the values of all. */
async function look(
  samples: SampleSet,
  answers: Int32Array,
  classes: readonly string[],
  batch: number,
  { signal }: Work,
): Promise<Pick<CheckSetupResult, 'previews' | 'values'>> {
  const { dataset, input } = samples;
  const previews = new Map<number, CheckSetupResult['previews'][number]>();
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let first = 0;
  for await (const { tensor, labels } of inBatches(samples, batch, signal)) {
    for (const value of tensor.data) {
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
    count += tensor.data.length;
    for (const [at, label] of labels.entries()) {
      if (previews.has(label) || previews.size === MOST_PREVIEWS) continue;
      const { width, height, bytes } = await encodePreview(tensor, at, input, dataset.shape);
      const predicted = classes[answers[first + at]];
      previews.set(label, { class: classes[label], predicted, width, height, image: bytes });
    }
    first += labels.length;
  }
  const inOrder = [...previews].sort(([a], [b]) => a - b).map(([, preview]) => preview);
  return { previews: inOrder, values: { min, max, mean: sum / count } };
}

/** Statistics of the samples as they would be fed with values from 0 to 1. */
async function knownOf({ dataset, input, indices }: SampleSet, signal?: AbortSignal): Promise<Known> {
  const some = indices.slice(0, Math.max(1, Math.floor(MOST_VALUES / elementCount(dataset.shape))));
  const { layout, size, channels } = input;
  const tensor = toTensor(await dataset.read(some, signal), { layout, size, channels });
  const isRow = layout === 'features' && dataset.shape.length === 1;
  const columns = isRow && tensor.dims[1] <= MOST_COLUMNS ? columnStatistics(tensor) : null;
  const statistics = channelStatistics(tensor, layout);
  return { channels: layout === 'nchw' ? tensor.dims[1] : layout === 'nhwc' ? tensor.dims[3] : 1, statistics, columns };
}
