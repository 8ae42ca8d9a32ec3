import { breathe } from '../../base/abort.js';
import type { Work } from '../../contract/progress.js';
import type { ClassAccuracy, Confusion } from '../../contract/records.js';
import type { Classifier } from '../../models/classifier.js';
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
  const classes = classifier.classCount;
  const answers = new Int32Array(samples.indices.length);
  let done = 0;
  for await (const { tensor, labels } of inBatches(samples, batch, work.signal)) {
    await breathe(work.signal);
    const { logits } = await classifier.forward(tensor, { signal: work.signal });
    checkLogits(classifier, logits, labels.length);
    for (let at = 0; at < labels.length; at++) answers[done + at] = largestOf(logits.data, at * classes, classes);
    done += labels.length;
    work.onProgress?.({ phase: 'measure', done, total: samples.indices.length });
  }
  return answers;
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
