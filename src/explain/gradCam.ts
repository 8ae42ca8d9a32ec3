import type { ClassMap } from '../contract/explain.js';
import type { Work } from '../contract/progress.js';
import type { Tensor } from '../linalg/tensor.js';
import type { ActivationPoint, Classifier } from '../models/classifier.js';
import { answerOf, checkFinite, softmaxOf } from '../models/logits.js';
import { type Direction, derivatives } from './derivatives.js';
import { type SpatialView, spatialView } from './spatial.js';

/** Whether a channel's weight is averaged over the places, as Grad-CAM has it, or each place has its own, as HiResCAM has it. */
export type Weights = 'averaged' | 'own';

/**
 * Grad-CAM (Selvaraju et al., ICCV 2017) without gradients: which places of an activation speak for a class.
 *
 * With A_kp the activation's channel k at position p of P, alpha_k = 1/P sum_p dy/dA_kp and the map is max(0, sum_k alpha_k A_kp).
 * alpha_k is 1/P times the derivative of the logit y while channel k moves uniformly over all positions. The sum over the channels
 * is itself one such derivative: that along the direction which has, at every position, the values A_.p of position p. So a map
 * takes as many derivatives as it has positions or channels, whichever are fewer.
 *
 * With weights of its own (HiResCAM, arXiv 2011.08891) the map is max(0, sum_k dy/dA_kp A_kp): the derivative while position p alone
 * takes on more of what it holds.
 *
 * @param batch n samples.
 * @param targets the class to explain, for each of them.
 * @returns one map a sample.
 * @throws LetheError `model-corrupt` if the logits are not finite, `cancelled`.
 */
export async function gradCam(
  classifier: Classifier,
  point: ActivationPoint,
  batch: Tensor,
  targets: readonly number[],
  work: Work & { readonly weights?: Weights } = {},
): Promise<ClassMap[]> {
  const { classCount } = classifier;
  const { logits, taps } = await classifier.forward(batch, { taps: [point.id], signal: work.signal });
  checkFinite(classifier, logits);
  const values = taps.get(point.id)!;
  const view = spatialView(point, values.dims.slice(1), classifier.input);
  if (!view) throw new RangeError(`"${point.name}" is no map`);
  const plans = targets.map((_, sample) => {
    const activation = values.data.subarray(sample * view.length, (sample + 1) * view.length);
    return partsOf(activation, view, work.weights ?? 'averaged');
  });
  const directions = plans.flatMap((parts, sample) =>
    parts.map(({ move }): Direction => ({ sample, target: targets[sample], move })),
  );
  const found = await derivatives(classifier, point.id, values, directions, work);
  let used = 0;
  return targets.map((target, sample) => {
    const parts = plans[sample];
    const map = new Float64Array(view.width * view.height);
    for (const { add } of parts) add(map, found[used++]);
    const own = Float32Array.from(map, (value) => Math.max(0, value));
    const from = sample * classCount;
    return {
      width: view.width,
      height: view.height,
      values: own,
      mass: own.reduce((sum, value) => sum + value, 0),
      logit: logits.data[from + target],
      probability: softmaxOf(logits.data, from, classCount, target),
      ...answerOf(logits.data, from, classCount),
    };
  });
}

/**
 * Share of the mass of some maps that is still there in others of the same samples: the sum of the smaller of both values, over the sum
 * of the first; null if those have none.
 */
export function keptShare(before: readonly ClassMap[], after: readonly ClassMap[]): number | null {
  let common = 0;
  let all = 0;
  for (const [sample, { values }] of before.entries()) {
    for (let at = 0; at < values.length; at++) {
      common += Math.min(values[at], after[sample].values[at]);
      all += values[at];
    }
  }
  return all === 0 ? null : common / all;
}

/** A direction, and what its derivative adds to the map. */
interface Part extends Pick<Direction, 'move'> {
  add(map: Float64Array, derivative: number): void;
}

function partsOf(activation: Float32Array, view: SpatialView, weights: Weights): Part[] {
  const positions = view.width * view.height;
  if (weights === 'averaged' && positions > view.channels) return channelParts(activation, view);
  return positionParts(activation, view, weights);
}

/** Every position, or the same alone, takes on more of what one position holds. Where that is nothing, the map is 0. */
function positionParts(activation: Float32Array, view: SpatialView, weights: Weights): Part[] {
  const { width, height, channels, offset, positionStep, channelStep } = view;
  const positions = width * height;
  const parts: Part[] = [];
  for (let position = 0; position < positions; position++) {
    const held = new Float32Array(channels);
    for (let channel = 0; channel < channels; channel++) {
      held[channel] = activation[offset + position * positionStep + channel * channelStep];
    }
    if (!held.some((value) => value !== 0)) continue;
    const [first, last] = weights === 'own' ? [position, position] : [0, positions - 1];
    parts.push({
      move(row, amount) {
        for (let place = first; place <= last; place++) {
          const from = offset + place * positionStep;
          for (let channel = 0; channel < channels; channel++) {
            row[from + channel * channelStep] += amount * held[channel];
          }
        }
      },
      add(map, derivative) {
        map[position] = derivative / (last - first + 1);
      },
    });
  }
  return parts;
}

/** One channel moves by as much as its largest value, at every position. Where that is 0, it adds nothing to the map. */
function channelParts(activation: Float32Array, view: SpatialView): Part[] {
  const { width, height, channels, offset, positionStep, channelStep } = view;
  const positions = width * height;
  const parts: Part[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const at = (position: number) => offset + position * positionStep + channel * channelStep;
    let size = 0;
    for (let position = 0; position < positions; position++) size = Math.max(size, Math.abs(activation[at(position)]));
    if (size === 0) continue;
    parts.push({
      move(row, amount) {
        for (let position = 0; position < positions; position++) row[at(position)] += amount * size;
      },
      add(map, derivative) {
        const weight = derivative / positions / size;
        for (let position = 0; position < positions; position++) map[position] += weight * activation[at(position)];
      },
    });
  }
  return parts;
}
