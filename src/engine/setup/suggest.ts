import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import type { CheckSetupResult } from '../../contract/setup.js';
import type { Classifier } from '../../models/classifier.js';
import { answersOf } from '../open/accuracy.js';
import { beginning, type SampleSet } from '../open/samples.js';
import type { Alternative } from './alternatives.js';
import { isNearChance } from './verdict.js';

export interface SuggestOptions {
  /** Share of right answers with the settings as they are. */
  readonly accuracy: number;
  /** What guessing would reach. */
  readonly chance: number;
  readonly batch: number;
  /** Multiply-adds of one sample. */
  readonly operations: number;
}

/** An alternative has to be better by at least this, and by two standard errors. */
const LEAST_GAIN = 0.03;
/** Multiply-adds that the first look at all alternatives may take: some ten seconds. */
const FIRST_LOOK = 2e12;
const LEAST_SAMPLES = 16;
/** Alternatives that are tried on all samples. */
const FINALISTS = 3;

/** Tries other ways to scale the values on the same samples, all on some and the best on all. Best first. */
export async function suggest(
  classifier: Classifier,
  samples: SampleSet,
  alternatives: readonly Alternative[],
  { accuracy, chance, batch, operations }: SuggestOptions,
  work: Work,
): Promise<CheckSetupResult['suggestions']> {
  const count = samples.indices.length;
  if (accuracy + LEAST_GAIN > 1 || alternatives.length === 0) return [];
  const affordable = FIRST_LOOK / (Math.max(1, operations) * alternatives.length);
  const few = beginning(samples, Math.min(1, Math.max(LEAST_SAMPLES, Math.min(count / 4, affordable)) / count));
  const steps = alternatives.length + Math.min(FINALISTS, alternatives.length);
  const report = (done: number, detail: string) => work.onProgress?.({ phase: 'compare', done, total: steps, detail });
  const rightOf = async (set: SampleSet, { input }: Alternative) => {
    const { layout, size, channels } = set.input;
    return shareRight(classifier, { ...set, input: { layout, size, channels, ...input } }, batch, work.signal);
  };

  const tried: { alternative: Alternative; accuracy: number }[] = [];
  for (const [done, alternative] of alternatives.entries()) {
    report(done, alternative.title);
    tried.push({ alternative, accuracy: await rightOf(few, alternative) });
  }
  const finalists = tried.sort((a, b) => b.accuracy - a.accuracy).slice(0, FINALISTS);
  const suggestions: CheckSetupResult['suggestions'][number][] = [];
  for (const [done, { alternative }] of finalists.entries()) {
    report(alternatives.length + done, alternative.title);
    const reached = await rightOf(samples, alternative);
    const isBetter = reached - accuracy > Math.max(LEAST_GAIN, 2 * standardError(accuracy, reached, count));
    // From worse than chance to chance is no way to go.
    if (isBetter && !isNearChance(reached, chance, count)) {
      suggestions.push({ ...alternative, accuracy: reached });
    }
  }
  return suggestions.sort((a, b) => b.accuracy - a.accuracy);
}

/** Share of right answers; 0 where the network only gives numbers that are not finite. */
async function shareRight(classifier: Classifier, samples: SampleSet, batch: number, signal?: AbortSignal) {
  try {
    const answers = await answersOf(classifier, samples, batch, { signal });
    const { labels } = samples.dataset;
    return answers.filter((answer, at) => answer === labels[samples.indices[at]]).length / answers.length;
  } catch (error) {
    if (error instanceof LetheError && error.code === 'model-corrupt') return 0;
    throw error;
  }
}

/** Of the difference of two shares. */
function standardError(a: number, b: number, count: number): number {
  return Math.sqrt((a * (1 - a) + b * (1 - b)) / count);
}
