import path from 'node:path';
import type { SplitName } from '../../contract/terms.js';

const TRAIN = /(^|[^a-z])(train|training|trn)([^a-z]|$)/i;
const TEST = /(^|[^a-z])(test|testing|tst|t10k|val|valid|validation|eval|evaluation|dev)([^a-z]|$)/i;

/** Which split a name suggests. Names that say both (`train-test.csv`) say nothing. */
export function splitOfName(name: string): SplitName | null {
  const isTrain = TRAIN.test(name);
  const isTest = TEST.test(name);
  return isTrain === isTest ? null : isTrain ? 'train' : 'test';
}

/** The split that a path suggests: the file's own name first, then the folders that it lies in up to `root`. */
export function splitOfPath(target: string, root: string): SplitName | null {
  const steps = path.relative(root, target).split(path.sep).reverse();
  for (const step of steps) {
    const split = splitOfName(step);
    if (split) return split;
  }
  return null;
}
