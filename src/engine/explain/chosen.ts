import { LetheError } from '../../base/errors.js';
import type { SampleRef } from '../../contract/terms.js';
import type { RawBatch } from '../../data/dataset.js';
import { toTensor } from '../../data/preprocess.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { ModelPair } from '../kept/modelPair.js';
import type { SampleSet } from '../open/samples.js';

/** Samples as they are stored, and as the model takes them. */
export interface Chosen {
  readonly raw: RawBatch;
  readonly tensor: Tensor;
}

/** The places of each class's samples in the data set, in the order of `samples`. */
export function samplesByClass({ dataset: { labels }, indices }: SampleSet, classCount: number): number[][] {
  const byClass = Array.from({ length: classCount }, (): number[] => []);
  for (const index of indices) byClass[labels[index]].push(index);
  return byClass;
}

/** @throws LetheError `class-unknown` if the model has no class of this index. */
export function checkClass(index: number, classes: readonly string[]): void {
  if (Number.isInteger(index) && index >= 0 && index < classes.length) return;
  throw new LetheError('class-unknown', {
    message: `there is no class of index ${index}`,
    hint: `The model has ${classes.length} classes, from 0 (${classes[0]}) to ${classes.length - 1} (${classes.at(-1)}).`,
  });
}

/**
 * The place of a sample in the data set.
 * @throws LetheError `class-unknown`; `samples-missing` if its class has none; `usage` if it has fewer.
 */
export function indexOf({ class: label, nth }: SampleRef, byClass: readonly number[][], pair: ModelPair): number {
  checkClass(label, pair.classes);
  const own = byClass[label];
  const name = JSON.stringify(pair.classes[label]);
  if (own.length === 0) {
    throw new LetheError('samples-missing', {
      message: `there are no samples of class ${name} to look at`,
      file: pair.samples.dataset.where(0).file,
      hint: 'Choose a class that has samples, or add some to the data.',
    });
  }
  if (Number.isInteger(nth) && nth >= 0 && nth < own.length) return own[nth];
  throw new LetheError('usage', {
    message: `class ${name} has ${own.length} samples, none of number ${nth}`,
    hint: `Choose one from 0 to ${own.length - 1}.`,
  });
}

export async function readChosen(
  { dataset, input }: SampleSet,
  indices: readonly number[],
  signal?: AbortSignal,
): Promise<Chosen> {
  const raw = await dataset.read(indices, signal);
  return { raw, tensor: toTensor(raw, input) };
}
