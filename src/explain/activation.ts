import { breathe } from '../base/abort.js';
import { LetheError } from '../base/errors.js';
import { Random } from '../base/random.js';
import type { Work } from '../contract/progress.js';
import type { Tensor } from '../linalg/tensor.js';
import type { ActivationPoint, Classifier } from '../models/classifier.js';
import { type SpatialView, spatialView } from './spatial.js';

/** How far the activation is moved to see whether the logits follow, relative to its size. */
const NUDGE = 0.01;
/** Relative changes of a logit up to this are rounding. */
const ROUNDING = 1e-6;

/** A point whose value can be read as a map. */
interface Candidate {
  readonly point: ActivationPoint;
  readonly value: Tensor;
  readonly view: SpatialView;
}

/**
 * The activation that saliency is looked for in: the last one with more than one position on which the logits depend. They do not
 * where the head reads the class token alone: then nothing behind the last attention tells of the other tokens. A pooling at the end
 * only makes the map coarser, so what it pools is taken instead.
 * @param sample one sample.
 * @throws LetheError `no-saliency` if there is none.
 */
export async function chooseActivation(
  classifier: Classifier,
  sample: Tensor,
  { signal }: Work = {},
): Promise<ActivationPoint> {
  const { activations } = classifier;
  for (let at = activations.length - 1; at >= 0; at--) {
    await breathe(signal);
    const last = await candidateAt(classifier, at, sample, signal);
    if (!last || !(await isRead(classifier, last, signal))) continue;
    const pooled = await pooledBy(classifier, at, last, sample, signal);
    return (pooled ?? last).point;
  }
  throw new LetheError('no-saliency', {
    message: 'has no activation with places (a map or tokens) that its answers depend on',
    file: classifier.path,
    hint: 'Saliency maps need a network with convolutions or attention; look at its decision boundary instead.',
  });
}

async function candidateAt(
  classifier: Classifier,
  at: number,
  sample: Tensor,
  signal?: AbortSignal,
): Promise<Candidate | null> {
  const point = classifier.activations[at];
  // Sizes that are free are known of the sample's value only.
  const sizes = point.dims.map((dim) => dim ?? 2);
  if (!spatialView(point, sizes, classifier.input)) return null;
  const { taps } = await classifier.forward(sample, { taps: [point.id], signal });
  const value = taps.get(point.id)!;
  const view = spatialView(point, value.dims.slice(1), classifier.input);
  return view && { point, value, view };
}

/** Whether any logit changes when the map in the activation does. */
async function isRead(classifier: Classifier, { point, value, view }: Candidate, signal?: AbortSignal) {
  const { width, height, channels, length, offset, positionStep, channelStep } = view;
  const size = value.data.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0);
  const data = new Float32Array(2 * length);
  data.set(value.data);
  data.set(value.data, length);
  const random = new Random(1);
  for (let position = 0; position < width * height; position++) {
    for (let channel = 0; channel < channels; channel++) {
      data[length + offset + position * positionStep + channel * channelStep] += size * NUDGE * (random.unit() - 0.5);
    }
  }
  const moved = { dims: [2, ...value.dims.slice(1)], data };
  const { data: logits } = await classifier.forwardFrom(point.id, moved, { signal });
  const classes = classifier.classCount;
  const still = logits.subarray(0, classes);
  const largest = still.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  return still.some((entry, at) => Math.abs(logits[classes + at] - entry) > ROUNDING * largest);
}

/** The finer map of the same channels that becomes this one without any layer between, if there is one. */
async function pooledBy(
  classifier: Classifier,
  at: number,
  { view }: Candidate,
  sample: Tensor,
  signal?: AbortSignal,
): Promise<Candidate | null> {
  const read = new Set(classifier.layers.flatMap(({ sites }) => sites.map(({ tap }) => tap)));
  for (let before = at - 1; before >= 0; before--) {
    if (read.has(classifier.activations[before].id)) return null;
    const finer = await candidateAt(classifier, before, sample, signal);
    if (finer?.view.channels !== view.channels) return null;
    if (finer.view.width * finer.view.height > view.width * view.height) return finer;
  }
  return null;
}
