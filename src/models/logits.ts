import { LetheError } from '../base/errors.js';
import type { Tensor } from '../linalg/tensor.js';
import type { Classifier } from './classifier.js';

/** A model's answer to one sample. */
export interface Answer {
  /** The class of the largest logit. */
  readonly predicted: number;
  /** Its softmax, 0..1. */
  readonly confidence: number;
}

/** Reads the answer from one row of logits. */
export function answerOf(logits: Float32Array, from: number, classes: number): Answer {
  const predicted = largestOf(logits, from, classes);
  return { predicted, confidence: softmaxOf(logits, from, classes, predicted) };
}

/** The softmax of one class, 0..1. */
export function softmaxOf(logits: Float32Array, from: number, classes: number, target: number): number {
  let sum = 0;
  for (let at = from; at < from + classes; at++) sum += Math.exp(logits[at] - logits[from + target]);
  return 1 / sum;
}

/** @throws LetheError `model-corrupt` if a logit is NaN or infinite. */
export function checkFinite(classifier: Classifier, logits: Tensor): void {
  if (logits.data.every(Number.isFinite)) return;
  throw new LetheError('model-corrupt', {
    message: 'computes outputs that are not finite (NaN or infinity)',
    file: classifier.path,
    hint: 'Check the weights and the input settings; the model can not have been trained like this.',
  });
}

/** The class of the largest of `length` values from one place on. */
export function largestOf(values: Float32Array, from: number, length: number): number {
  let best = 0;
  for (let at = 1; at < length; at++) if (values[from + at] > values[from + best]) best = at;
  return best;
}
