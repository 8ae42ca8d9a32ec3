import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset } from '../../data/dataset.js';

/** Most samples that are asked for their file. */
const MOST_LOOKS = 10_000;

/** The files that a change of a data set shows in: its own, or the folders of its images. */
export function dataFilesOf(dataset: Dataset | undefined): string[] {
  if (!dataset) return [];
  const files = new Set<string>();
  const step = Math.ceil(dataset.size / MOST_LOOKS);
  for (let index = 0; index < dataset.size; index += step) {
    const { file } = dataset.where(index);
    files.add(dataset.isFilePerSample ? path.dirname(file) : file);
    if (!dataset.isFilePerSample) files.add(dataset.where(index, 'label').file);
  }
  return [...files];
}

/** A text that stays the same as long as sizes and times of all files do. */
export async function stampOf(files: readonly string[]): Promise<string> {
  const facts = files.map((file) => stat(file, { bigint: true }).catch(() => null));
  return (await Promise.all(facts)).map((fact) => `${fact?.size} ${fact?.mtimeNs} ${fact?.ino}`).join();
}
