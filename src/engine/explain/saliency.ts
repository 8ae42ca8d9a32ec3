import type { SaliencyRequest, SaliencyResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import { chooseActivation } from '../../explain/activation.js';
import { gradCam, keptShare } from '../../explain/gradCam.js';
import type { ModelPair } from '../kept/modelPair.js';
import { checkClass, indexOf, readChosen, samplesByClass } from './chosen.js';
import { pictureOf } from './picture.js';

/**
 * Where the models of a pair look for a class in one sample.
 * @throws LetheError `no-saliency` if they have no activation with places; `class-unknown`, `samples-missing` or `usage` for a
 *   sample or a class that is not there.
 */
export async function saliencyOf(
  pair: ModelPair,
  { sample, target = sample.class }: Pick<SaliencyRequest, 'sample' | 'target'>,
  work: Work,
): Promise<SaliencyResult> {
  const { session, before, after, samples, classes } = pair;
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
}
