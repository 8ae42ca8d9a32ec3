import { breathe } from '../base/abort.js';
import type { Work } from '../contract/progress.js';
import { elementCount, type Tensor } from '../linalg/tensor.js';
import type { ActivationId, Classifier } from '../models/classifier.js';

/** Bytes of activations that are made and run at a time. */
const CHUNK_BYTES = 64 * 2 ** 20;
const CHUNK_ROWS = 4096;
/** Steps that are tried, relative to a direction of the activation's own size: each a quarter of the one before. */
const STEPS = [32e-3, 8e-3, 2e-3, 5e-4];
/** Directions of each sample that rounding is estimated from, and how far it goes beyond their median. */
const ROUNDING_DIRECTIONS = 9;
const ROUNDING_SPREAD = 6;
/** The least rounding of a logit, relative to the largest one of the sample: what float32 can't tell apart. */
const FLOAT32 = 2 ** -23;
/** Central differences of one step and the next that differ by more than this share of the sample's steepest are not extrapolated. */
const SMOOTH = 0.01;

/** A way to move one sample's activation, of about its own size, and the logit to watch. */
export interface Direction {
  readonly sample: number;
  readonly target: number;
  /** Adds the direction times `amount` to the activation. */
  move(activation: Float32Array, amount: number): void;
}

/** Both one-sided slopes over one step. */
interface Slopes {
  readonly right: number;
  readonly left: number;
}

/** A direction whose derivative is not settled yet, and its slopes over the step before. */
interface Open {
  readonly at: number;
  readonly coarse: Slopes | null;
}

/**
 * How fast logits change when activations begin to move, from differences over a step, all directions in batches. Large steps keep
 * rounding small, and are as good as small ones while the logit changes linearly. Where it does not, finer steps tell why: see `settled`.
 * @param values n activations at `point`.
 * @returns the derivative along each direction.
 */
export async function derivatives(
  classifier: Classifier,
  point: ActivationId,
  values: Tensor,
  directions: readonly Direction[],
  { signal }: Work,
): Promise<Float64Array> {
  const { classCount } = classifier;
  const unmoved = (await classifier.forwardFrom(point, values, { signal })).data;
  const rounding = await roundingOf(classifier, point, values, directions, unmoved, signal);
  const steepest = new Float64Array(values.dims[0]);
  const found = new Float64Array(directions.length);
  let open: Open[] = Array.from(directions, (_, at) => ({ at, coarse: null }));
  for (const step of STEPS) {
    const asked = open.map(({ at }) => directions[at]);
    const moved = await movedLogits(classifier, point, values, asked, step, signal);
    const left: Open[] = [];
    for (const [nth, { at, coarse }] of open.entries()) {
      const { sample, target } = directions[at];
      const middle = unmoved[sample * classCount + target];
      const fine = { right: (moved.plus[nth] - middle) / step, left: (middle - moved.minus[nth]) / step };
      steepest[sample] = Math.max(steepest[sample], Math.abs(central(fine)));
      const value = settled(coarse, fine, rounding[sample] / step, SMOOTH * steepest[sample]);
      found[at] = value ?? central(fine);
      if (value === null) left.push({ at, coarse: fine });
    }
    open = left;
  }
  return found;
}

/**
 * The derivative at 0, as far as the slopes over a step and over a quarter of it tell it; null if a finer step has to.
 * @param coarse over the larger step, null if there is none yet.
 * @param rounding difference of slopes that means nothing.
 */
function settled(coarse: Slopes | null, fine: Slopes, rounding: number, smooth: number): number | null {
  const isSame = (a: number, b: number, allowed = rounding) => Math.abs(a - b) <= allowed;
  if (isSame(fine.right, fine.left)) return central(fine);
  if (!coarse) return null;
  // A rectifier that switches on one side leaves the other side straight: its slope over the larger step has less rounding.
  const [isRightStraight, isLeftStraight] = [isSame(coarse.right, fine.right), isSame(coarse.left, fine.left)];
  if (isRightStraight !== isLeftStraight) return isRightStraight ? coarse.right : coarse.left;
  // A smooth logit's slopes approach each other as the step does 0, and its central differences do so with the square of it.
  const bend = (slopes: Slopes) => slopes.right - slopes.left;
  if (isSame(bend(fine), bend(coarse) / 4) && isSame(central(fine), central(coarse), smooth)) {
    return (16 * central(fine) - central(coarse)) / 15;
  }
  return null;
}

function central({ right, left }: Slopes): number {
  return (right + left) / 2;
}

/** The watched logits with the activations moved by `step` forwards and backwards. */
async function movedLogits(
  classifier: Classifier,
  point: ActivationId,
  values: Tensor,
  directions: readonly Direction[],
  step: number,
  signal?: AbortSignal,
): Promise<{ readonly plus: Float32Array; readonly minus: Float32Array }> {
  const { classCount } = classifier;
  const dims = values.dims.slice(1);
  const length = elementCount(dims);
  const pairs = Math.max(1, Math.floor(Math.min(CHUNK_ROWS, CHUNK_BYTES / 4 / length) / 2));
  const plus = new Float32Array(directions.length);
  const minus = new Float32Array(directions.length);
  for (let start = 0; start < directions.length; start += pairs) {
    await breathe(signal);
    const part = directions.slice(start, start + pairs);
    const data = new Float32Array(part.length * 2 * length);
    for (const [at, { sample, move }] of part.entries()) {
      const activation = values.data.subarray(sample * length, (sample + 1) * length);
      for (const [half, amount] of [step, -step].entries()) {
        const from = (at * 2 + half) * length;
        const row = data.subarray(from, from + length);
        row.set(activation);
        move(row, amount);
      }
    }
    const { data: logits } = await classifier.forwardFrom(
      point,
      { dims: [part.length * 2, ...dims], data },
      { signal },
    );
    for (const [at, { target }] of part.entries()) {
      plus[start + at] = logits[at * 2 * classCount + target];
      minus[start + at] = logits[(at * 2 + 1) * classCount + target];
    }
  }
  return { plus, minus };
}

/**
 * By how much rounding makes logits bend for each sample: what the smallest step shows, over which hardly anything else bends them.
 * It depends on the sums that a network is made of, so it is measured.
 */
async function roundingOf(
  classifier: Classifier,
  point: ActivationId,
  values: Tensor,
  directions: readonly Direction[],
  unmoved: Float32Array,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const { classCount } = classifier;
  const bySample = Array.from({ length: values.dims[0] }, (): Direction[] => []);
  for (const direction of directions) bySample[direction.sample].push(direction);
  const asked = bySample.flatMap((own) => {
    const step = Math.max(1, own.length / ROUNDING_DIRECTIONS);
    return Array.from({ length: Math.min(own.length, ROUNDING_DIRECTIONS) }, (_, at) => own[Math.floor(at * step)]);
  });
  const { plus, minus } = await movedLogits(classifier, point, values, asked, STEPS[STEPS.length - 1], signal);
  const bends = Array.from(bySample, (): number[] => []);
  for (const [at, { sample, target }] of asked.entries()) {
    bends[sample].push(Math.abs(plus[at] + minus[at] - 2 * unmoved[sample * classCount + target]));
  }
  return Float64Array.from(bends, (own, sample) => {
    const middle = own.sort((a, b) => a - b)[own.length >> 1] ?? 0;
    const logits = unmoved.subarray(sample * classCount, (sample + 1) * classCount);
    const size = logits.reduce((largest, logit) => Math.max(largest, Math.abs(logit)), 0);
    return ROUNDING_SPREAD * Math.max(middle, FLOAT32 * size);
  });
}
