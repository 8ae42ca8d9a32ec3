import { breathe } from '../../base/abort.js';
import type { Work } from '../../contract/progress.js';
import type { ClassAccuracy, Confusion } from '../../contract/records.js';
import type { Batch } from '../../data/batches.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { Classifier, TapId } from '../../models/classifier.js';
import { largestOf } from '../../models/logits.js';
import { checkLogits } from './probe.js';
import { inBatches, type SampleSet } from './samples.js';

/**
 * Runs every sample and counts what each class is taken for: row = true class, column = answer.
 * @param batch samples in one forward pass.
 */
export async function measureConfusion(
  classifier: Classifier,
  samples: SampleSet,
  batch: number,
  work: Work = {},
): Promise<Confusion> {
  const classes = classifier.classCount;
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const answers = await answersOf(classifier, samples, batch, work);
  for (const [at, index] of samples.indices.entries()) counts[samples.dataset.labels[index]][answers[at]]++;
  return counts;
}

/** The class that each sample is taken for, in their order. */
export async function answersOf(
  classifier: Classifier,
  samples: SampleSet,
  batch: number,
  work: Work = {},
): Promise<Int32Array> {
  const answers = new Int32Array(samples.indices.length);
  let done = 0;
  for await (const answered of answeredBatches(classifier, samples, batch, [], work)) {
    answers.set(answered.answers, done);
    done += answered.answers.length;
  }
  return answers;
}

/** Some samples: their classes, what they are taken for, and what layers read of them. */
export interface AnsweredBatch {
  readonly labels: Batch['labels'];
  readonly answers: Int32Array;
  readonly taps: ReadonlyMap<TapId, Tensor>;
}

/** The same batch by batch, with taps. */
export async function* answeredBatches(
  classifier: Classifier,
  samples: SampleSet,
  batch: number,
  taps: readonly TapId[],
  { signal, onProgress }: Work,
): AsyncGenerator<AnsweredBatch> {
  const classes = classifier.classCount;
  let done = 0;
  for await (const { tensor, labels } of inBatches(samples, batch, signal)) {
    await breathe(signal);
    const result = await classifier.forward(tensor, { taps, signal });
    checkLogits(classifier, result.logits, labels.length);
    const answer = (_: unknown, at: number) => largestOf(result.logits.data, at * classes, classes);
    yield { labels, answers: Int32Array.from({ length: labels.length }, answer), taps: result.taps };
    done += labels.length;
    onProgress?.({ phase: 'measure', done, total: samples.indices.length });
  }
}

/** Share of right answers over all samples of these classes; null without samples. */
export function accuracyOver(confusion: Confusion, classes: readonly number[]): number | null {
  let right = 0;
  let all = 0;
  for (const index of classes) {
    right += confusion[index][index];
    for (const count of confusion[index]) all += count;
  }
  return all === 0 ? null : right / all;
}

/** Accuracy of each class; null for one without samples. */
export function classAccuracies(classes: readonly string[], confusion: Confusion): ClassAccuracy[] {
  return classes.map((name, index) => ({
    class: name,
    index,
    accuracy: accuracyOver(confusion, [index]),
    count: samplesOf(confusion, index),
  }));
}

/** Number of samples of one class. */
export function samplesOf(confusion: Confusion, index: number): number {
  return confusion[index].reduce((sum, count) => sum + count, 0);
}
