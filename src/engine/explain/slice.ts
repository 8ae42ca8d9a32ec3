import { LetheError } from '../../base/errors.js';
import type { BoundaryResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import type { SampleRef } from '../../contract/terms.js';
import type { RawBatch } from '../../data/dataset.js';
import { toTensor } from '../../data/preprocess.js';
import type { Region } from '../../explain/boundary.js';
import { type Interval, planeThrough } from '../../explain/plane.js';
import { elementCount } from '../../linalg/tensor.js';
import type { ModelPair } from '../kept/modelPair.js';
import { interleave, type SampleSet } from '../open/samples.js';
import { defaultAnchors } from './anchors.js';
import { indexOf, readChosen, samplesByClass } from './chosen.js';
import { pictureOf } from './picture.js';

/** Points along each side at the end: two features cost little to run. */
const FEATURE_POINTS = 257;
const PLANE_POINTS = 129;
/** Samples that are drawn into a plot of two features. */
const MOST_SAMPLES = 2000;
/** Samples read at a time. */
const READ_AT_ONCE = 512;
/** What lies around the samples, relative to how far they spread. */
const MARGIN = 0.1;

/** A part of a model's input space that can be drawn: where it lies, and all that is shown of it besides the answers. */
export interface Slice {
  readonly region: Region;
  readonly facts: Omit<BoundaryResult, 'size' | 'before' | 'after'>;
}

export function hasTwoFeatures({ samples: { dataset } }: ModelPair): boolean {
  return elementCount(dataset.shape) === 2;
}

/** All that a model of two features can be asked, as far as samples lie. The axes are values as they are stored. */
export async function featureSlice({ samples, classes }: ModelPair, { signal }: Work): Promise<Slice> {
  const { labels } = samples.dataset;
  const drawn = evenly(samples, classes.length);
  const x = new Float32Array(drawn.length);
  const y = new Float32Array(drawn.length);
  let scale = 1;
  for (let start = 0; start < drawn.length; start += READ_AT_ONCE) {
    const raw = await samples.dataset.read(drawn.slice(start, start + READ_AT_ONCE), signal);
    scale = raw.scale;
    for (let at = 0; at < raw.count; at++) [x[start + at], y[start + at]] = raw.data.subarray(2 * at, 2 * at + 2);
  }
  const inputAt: Region['inputAt'] = (points) => {
    const data = Float32Array.from(points.flat());
    const raw: RawBatch = { count: points.length, shape: samples.dataset.shape, data, scale };
    return toTensor(raw, samples.input);
  };
  const extents = { x: extent(x), y: extent(y) };
  return {
    region: { ...extents, size: FEATURE_POINTS, inputAt },
    facts: {
      kind: 'features',
      ...extents,
      xLabel: samples.dataset.features?.[0] ?? 'first feature',
      yLabel: samples.dataset.features?.[1] ?? 'second feature',
      points: { x, y, classes: Uint16Array.from(drawn, (index) => labels[index]) },
      anchors: [],
    },
  };
}

/**
 * The plane through three samples of a model of more inputs.
 * @param anchors default those of `defaultAnchors`.
 * @throws LetheError `no-plane` if they lie on one line; `usage` if they are not three; `samples-missing` if there are not three; as `indexOf`.
 */
export async function planeSlice(
  pair: ModelPair,
  anchors: readonly SampleRef[] | undefined,
  work: Work,
): Promise<Slice> {
  const { samples, classes } = pair;
  const byClass = samplesByClass(samples, classes.length);
  const chosen = anchors ?? (await defaultAnchors(pair, byClass, work));
  if (chosen.length !== 3) {
    throw new LetheError(anchors ? 'usage' : 'samples-missing', {
      message: `a plane goes through three samples, not ${chosen.length}`,
      hint: anchors ? 'Choose three.' : 'Add samples to the data.',
    });
  }
  const indices = chosen.map((sample) => indexOf(sample, byClass, pair));
  const { raw, tensor } = await readChosen(samples, indices, work.signal);
  const dims = tensor.dims.slice(1);
  const length = elementCount(dims);
  const [first, second, third] = [0, 1, 2].map((at) => tensor.data.subarray(at * length, (at + 1) * length));
  const plane = planeThrough(first, second, third);
  const inputAt: Region['inputAt'] = (points) => {
    const data = new Float32Array(points.length * length);
    for (const [at, [x, y]] of points.entries()) plane.write(x, y, data.subarray(at * length, (at + 1) * length));
    return { dims: [points.length, ...dims], data };
  };
  return {
    region: { x: plane.x, y: plane.y, size: PLANE_POINTS, inputAt },
    facts: {
      kind: 'plane',
      x: plane.x,
      y: plane.y,
      xLabel: 'from the first sample to the second',
      yLabel: 'towards the third sample',
      points: { x: new Float32Array(), y: new Float32Array(), classes: new Uint16Array() },
      anchors: chosen.map((sample, at) => ({
        ...sample,
        x: plane.anchors[at][0],
        y: plane.anchors[at][1],
        count: byClass[sample.class].length,
        picture: pictureOf(raw, at),
      })),
    },
  };
}

/** At most so many samples of each class, spread over the data, the classes mixed. */
function evenly(samples: SampleSet, classCount: number): number[] {
  const perClass = Math.max(1, Math.floor(MOST_SAMPLES / classCount));
  const drawn = samplesByClass(samples, classCount).flatMap((own) => {
    const step = Math.max(1, own.length / perClass);
    return Array.from({ length: Math.min(perClass, own.length) }, (_, at) => own[Math.floor(at * step)]);
  });
  return interleave(drawn, samples.dataset.labels);
}

function extent(values: Float32Array): Interval {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = high > low ? MARGIN * (high - low) : 1;
  return [low - margin, high + margin];
}
