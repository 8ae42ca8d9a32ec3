/**
 * The demo workspaces that are bundled with the extension, the same bytes on every machine: the network of
 * examples/fashion-mnist in both formats with some of its images, and that of examples/four-clusters with its points.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'fflate';
import {
  classNames,
  exampleFolder,
  idxFile,
  prepareData,
  readSplit,
  type Split,
  side,
} from '../../examples/fashion-mnist/data.js';
import { exampleFolder as clustersFolder } from '../../examples/four-clusters/points.js';

/**
 * Images of each class. Train: as many as a run takes by default of a class to forget, so that its result is that of the whole
 * data set. Test: enough to tell 1% from 2%.
 */
const PER_CLASS: Readonly<Record<Split, number>> = { train: 900, test: 200 };

const FILES: Readonly<Record<Split, string>> = { train: 'train', test: 't10k' };

const sources = fileURLToPath(new URL('../../examples/demo', import.meta.url));
const clustersSources = fileURLToPath(new URL('../../examples/demo-clusters', import.meta.url));

/** What is copied of the examples. */
const MODELS = ['fashion.onnx', 'fashion-tfjs'];
const CLUSTERS = ['clusters.onnx', 'lethe.json', 'train.csv', 'test.csv'];

/** All that the demos are made of. */
export const demoSources: readonly string[] = [
  sources,
  clustersSources,
  ...[...MODELS, 'data.ts', 'split.json'].map((name) => path.join(exampleFolder, name)),
  ...CLUSTERS.map((name) => path.join(clustersFolder, name)),
];

/** Writes the demo of clothes into a new folder. @throws LetheError `data-corrupt` if the images are not what they should be. */
export async function writeDemo(folder: string): Promise<void> {
  await prepareData();
  await cp(sources, folder, { recursive: true, errorOnExist: true, force: false });
  for (const name of MODELS) {
    await cp(path.join(exampleFolder, name), path.join(folder, name), { recursive: true });
  }
  await writeReadably(path.join(folder, 'fashion-tfjs', 'model.json'));
  await mkdir(path.join(folder, 'data'), { recursive: true });
  for (const split of ['train', 'test'] as const) {
    const { pixels, labels } = await readSplit(split);
    // The classes take turns in the files, so their beginning holds as many of each.
    const count = PER_CLASS[split] * classNames.length;
    const files = {
      [`${FILES[split]}-images-idx3-ubyte.gz`]: idxFile([count, side, side], pixels),
      [`${FILES[split]}-labels-idx1-ubyte.gz`]: idxFile([count], labels),
    };
    for (const [name, bytes] of Object.entries(files)) {
      // By fflate, which packs alike everywhere, and without the time.
      await writeFile(path.join(folder, 'data', name), gzipSync(bytes, { level: 9, mtime: 0 }));
    }
  }
}

/** Writes the demo of four clusters into a new folder. */
export async function writeClustersDemo(folder: string): Promise<void> {
  await cp(clustersSources, folder, { recursive: true, errorOnExist: true, force: false });
  for (const name of CLUSTERS) {
    await cp(path.join(clustersFolder, name), path.join(folder, name));
  }
}

/** On many lines, so that a finding in it has one of its own. */
async function writeReadably(file: string): Promise<void> {
  await writeFile(file, `${JSON.stringify(JSON.parse(await readFile(file, 'utf8')), null, 2)}\n`);
}
