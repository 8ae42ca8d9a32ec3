import { fileURLToPath } from 'node:url';
import { Random } from '../../src/base/random.js';

export const exampleFolder = fileURLToPath(new URL('.', import.meta.url));

/** The classes and the middle of each one's cluster, in the order of the network's outputs. */
export const clusters = [
  { name: 'north-west', centre: [-1, 1] },
  { name: 'north-east', centre: [1, 1] },
  { name: 'south-west', centre: [-1, -1] },
  { name: 'south-east', centre: [1, -1] },
] as const;

/** Standard deviation of a cluster along each axis. */
const spread = 0.3;

export type Split = 'train' | 'test';

const splits: Readonly<Record<Split, { readonly perClass: number; readonly seed: number }>> = {
  train: { perClass: 300, seed: 1 },
  test: { perClass: 100, seed: 2 },
};

/** Points with the index of their cluster; the clusters take turns. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly labels: readonly number[];
}

/** Draws the points of a split: normal around each centre, to three decimals. The same on every machine. */
export function drawPoints(split: Split): Points {
  const { perClass, seed } = splits[split];
  const random = new Random(seed);
  const near = (middle: number) => Number((middle + spread * random.normal()).toFixed(3));
  const labels = Array.from({ length: perClass * clusters.length }, (_, index) => index % clusters.length);
  const places = labels.map((label) => clusters[label].centre.map(near));
  return { x: places.map(([x]) => x), y: places.map(([, y]) => y), labels };
}

/** The points as a CSV file with the columns x, y and label. */
export function toCsv({ x, y, labels }: Points): string {
  const lines = labels.map((label, index) => `${x[index]},${y[index]},${clusters[label].name}\n`);
  return `x,y,label\n${lines.join('')}`;
}
