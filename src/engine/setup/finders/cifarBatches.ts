import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { SplitName } from '../../../contract/terms.js';
import type { Finder, Finding } from '../finding.js';
import { splitOfName } from '../splitName.js';

/** Bytes of a record: one label of CIFAR-10, or two of CIFAR-100, and 32 x 32 x 3 values. */
const RECORDS = [3073, 3074];
const NAME = /batch|cifar|train|test|val/i;

/** Binary batches of CIFAR-10 or CIFAR-100, known by their names and by the length of the records. */
export const cifarBatches: Finder = async ({ folder, files }) => {
  const found = new Map<string, { split: SplitName; record: number; batches: string[] }>();
  for (const name of files) {
    if (!/\.bin$/i.test(name) || !NAME.test(name)) continue;
    const { size } = await stat(path.join(folder, name));
    const record = RECORDS.find((bytes) => size > 0 && size % bytes === 0);
    if (record === undefined) continue;
    const split = splitOfName(name) ?? 'train';
    const key = `${split} ${record}`;
    if (!found.has(key)) found.set(key, { split, record, batches: [] });
    found.get(key)!.batches.push(name);
  }
  return [...found.values()].map(
    ({ split, record, batches }): Finding => ({
      title: record === RECORDS[0] ? 'CIFAR-10 batches' : 'CIFAR-100 file',
      files: batches.map((name) => path.join(folder, name)),
      source: { format: 'cifar10', path: folder, batches },
      split,
    }),
  );
};
