import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import { RUN_SETTINGS } from '../../contract/settings.js';
import type { DataCandidate } from '../../contract/setup.js';
import type { Dataset, RawBatch } from '../../data/dataset.js';
import { openDataset } from '../../data/open.js';
import { sampleIndices } from '../../data/sampling.js';
import type { DataSource } from '../../data/source.js';
import { elementCount } from '../../linalg/tensor.js';
import { draftInput } from './draftInput.js';
import type { Finding } from './finding.js';
import { checkClasses, checkInput, type Target } from './fit.js';
import { imageFit } from './imageFit.js';
import { imageSpec } from './imageSpec.js';
import { guessScale } from './scale.js';
import type { Statistics } from './statistics.js';

/** A finding that was opened. Paths in `source` are absolute. */
export interface OpenedData
  extends Pick<DataCandidate, 'samples' | 'shape' | 'classes' | 'labelCount' | 'input' | 'problem'> {
  readonly finding: Finding;
  readonly source: DataSource;
  readonly statistics: Statistics | null;
}

/** Samples whose values are looked at, as far as they are not large; images take longer, they have to be decoded. */
const LOOKED_AT = 1000;
const IMAGES_LOOKED_AT = 64;
const MOST_VALUES = 2 ** 23;

/**
 * Opens what was found, finds the settings with which it suits the model, or says why none do.
 * @param classes the class names where they are known, e.g. from the training data beside it.
 * @throws LetheError `cancelled` only: all else is the data's problem.
 */
export async function openFinding(
  finding: Finding,
  target: Target,
  work: Work,
  classes?: readonly string[],
): Promise<OpenedData> {
  let dataset: Dataset | undefined;
  let source = finding.source;
  let input: object = {};
  let statistics: Statistics | null = null;
  let problem: string | null = null;
  try {
    ({ dataset, source } = await openFitting(finding.source, target, work, classes));
    const raw = await firstLook(dataset, source, work);
    const scale = guessScale(source, raw);
    if (scale !== undefined) source = { ...source, scale } as DataSource;
    input = draftInput(target.input, dataset.shape);
    statistics = await checkInput(target, scale === undefined ? raw : { ...raw, scale }, input);
    checkClasses(target, dataset);
  } catch (error) {
    if (!(error instanceof LetheError) || error.code === 'cancelled') throw error;
    problem = error.file ? `${path.basename(error.file)}: ${error.what}` : error.what;
  } finally {
    await dataset?.close();
  }
  return {
    finding,
    source,
    samples: dataset?.size ?? 0,
    shape: dataset?.shape ?? [],
    classes: dataset?.classes ?? classes ?? null,
    labelCount: new Set(dataset?.labels).size,
    input: input as DataCandidate['input'],
    statistics,
    problem,
  };
}

/** Opens the data with what its format needs to fit: a layout that it leaves open, or a size for images. */
async function openFitting(source: DataSource, target: Target, work: Work, classes?: readonly string[]) {
  const open = (tried: DataSource) => openDataset(tried, { baseDir: '', ...work, classes });
  if (source.format === 'imageFolder') {
    const dataset = await open(source);
    const files = Array.from({ length: dataset.size }, (_, index) => dataset.where(index).file);
    const { height = null, width = null } = imageSpec(target.input, 3) ?? {};
    const fitted = { ...source, ...(await imageFit(files, [height, width])) };
    await dataset.close();
    return { dataset: await open(fitted), source: fitted };
  }
  try {
    return { dataset: await open(source), source };
  } catch (error) {
    const isOpen = (source.format === 'npz' || source.format === 'idx') && source.layout === undefined;
    if (!isOpen || !(error instanceof LetheError) || error.code !== 'data-unsupported') throw error;
    // Three axes and none or two of them as short as channels are: as the model has them.
    const layout = imageSpec(target.input)?.layout ?? 'nhwc';
    return { dataset: await open({ ...source, layout }), source: { ...source, layout } };
  }
}

async function firstLook(dataset: Dataset, source: DataSource, { signal }: Work): Promise<RawBatch> {
  const most = source.format === 'imageFolder' ? IMAGES_LOOKED_AT : LOOKED_AT;
  const total = Math.max(1, Math.min(most, dataset.size, Math.floor(MOST_VALUES / elementCount(dataset.shape))));
  const { indices } = sampleIndices(dataset.labels, { total, seed: RUN_SETTINGS.seed.default });
  return dataset.read(indices, signal);
}
