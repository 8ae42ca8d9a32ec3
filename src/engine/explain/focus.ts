import { LetheError } from '../../base/errors.js';
import type { ClassFocus, ClassMap, FocusRequest, FocusResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import { chooseActivation } from '../../explain/activation.js';
import { gradCam, keptShare } from '../../explain/gradCam.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { ActivationPoint, Classifier } from '../../models/classifier.js';
import type { ModelPair } from '../kept/modelPair.js';
import { checkClass, readChosen, samplesByClass } from './chosen.js';

/**
 * How much of the saliency of each class's samples a run has left; told class by class.
 * @throws LetheError `usage` unless at least one sample of each class is asked for; `no-saliency` if the model has no activation
 *   with places; `class-unknown`; `samples-missing` if no class has samples.
 */
export async function focusOf(
  { before, after, samples, classes }: ModelPair,
  request: Pick<FocusRequest, 'classes' | 'samples'>,
  work: Work<FocusResult>,
): Promise<FocusResult> {
  if (!(Number.isInteger(request.samples) && request.samples > 0)) {
    throw new LetheError('usage', {
      message: `${request.samples} samples of each class`,
      hint: 'Ask for one at least.',
    });
  }
  for (const label of request.classes) checkClass(label, classes);
  const byClass = samplesByClass(samples, classes.length);
  const present = request.classes.filter((label) => byClass[label].length > 0);
  if (present.length === 0) {
    throw new LetheError('samples-missing', {
      message: 'none of these classes has samples to look at',
      file: samples.dataset.where(0).file,
      hint: 'Choose classes that have samples, or add some to the data.',
    });
  }
  const { tensor: first } = await readChosen(samples, byClass[present[0]].slice(0, 1), work.signal);
  const point = await chooseActivation(before, first, work);
  const told: ClassFocus[] = [];
  const result = (): FocusResult => ({ activation: point.name, classes: [...told] });
  for (const [done, label] of present.entries()) {
    work.onProgress?.({ phase: 'focus', done, total: present.length, detail: classes[label] });
    const indices = byClass[label].slice(0, request.samples);
    const { tensor } = await readChosen(samples, indices, work.signal);
    told.push(await ofClass(before, after!, point, tensor, label, work));
    work.onPart?.(result());
  }
  return result();
}

async function ofClass(
  before: Classifier,
  after: Classifier,
  point: ActivationPoint,
  batch: Tensor,
  label: number,
  { signal }: Work,
): Promise<ClassFocus> {
  const targets = new Array<number>(batch.dims[0]).fill(label);
  const [old, now] = [
    await gradCam(before, point, batch, targets, { signal }),
    await gradCam(after, point, batch, targets, { signal }),
  ];
  const [oldByPlace, nowByPlace] = [
    await gradCam(before, point, batch, targets, { signal, weights: 'own' }),
    await gradCam(after, point, batch, targets, { signal, weights: 'own' }),
  ];
  return {
    class: label,
    samples: targets.length,
    kept: keptShare(old, now),
    keptByPlace: keptShare(oldByPlace, nowByPlace),
    massBefore: mean(old, ({ mass }) => mass),
    massAfter: mean(now, ({ mass }) => mass),
    logitBefore: mean(old, ({ logit }) => logit),
    logitAfter: mean(now, ({ logit }) => logit),
  };
}

function mean(maps: readonly ClassMap[], value: (map: ClassMap) => number): number {
  return maps.reduce((sum, map) => sum + value(map), 0) / maps.length;
}
