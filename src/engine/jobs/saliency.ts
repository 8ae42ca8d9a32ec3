import type { SaliencyRequest, SaliencyResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import { chooseActivation } from '../../explain/activation.js';
import { gradCam, keptShare } from '../../explain/gradCam.js';
import { checkClass, indexOf, readChosen, samplesByClass } from '../explain/chosen.js';
import { pictureOf } from '../explain/picture.js';
import { openModelPair } from '../kept/modelPair.js';

/**
 * Where a model looks for a class in one sample, before and after a run.
 * @throws LetheError `no-saliency` if the model has no activation with places; `class-unknown`, `samples-missing` or `usage` for a sample
 *   or a class that is not there; as `openModelPair`.
 */
export async function saliency(request: SaliencyRequest, work: Work = {}): Promise<SaliencyResult> {
  const pair = await openModelPair(request, work);
  try {
    const { session, before, after, samples, classes } = pair;
    const { sample, target = sample.class } = request;
    checkClass(target, classes);
    const byClass = samplesByClass(samples, classes.length);
    const { raw, tensor } = await readChosen(samples, [indexOf(sample, byClass, pair)], work.signal);
    const point = await chooseActivation(before, tensor, work);
    const [old] = await gradCam(before, point, tensor, [target], work);
    const [now] = after ? await gradCam(after, point, tensor, [target], work) : [null];
    return {
      sample,
      count: byClass[sample.class].length,
      split: samples.dataset === session.split('test')?.dataset ? 'test' : 'train',
      picture: pictureOf(raw, 0),
      target,
      activation: point.name,
      before: old,
      after: now,
      kept: now && keptShare([old], [now]),
    };
  } finally {
    await pair.release();
  }
}
