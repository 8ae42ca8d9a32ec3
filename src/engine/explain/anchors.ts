import type { Work } from '../../contract/progress.js';
import type { SampleRef } from '../../contract/terms.js';
import type { Classifier } from '../../models/classifier.js';
import { answerOf, softmaxOf } from '../../models/logits.js';
import type { ModelPair } from '../kept/modelPair.js';
import type { SampleSet } from '../open/samples.js';
import { readChosen } from './chosen.js';

/** Samples of the forgotten class that are looked at to tell what it is taken for now. */
const LOOKED_AT = 64;

/**
 * Three samples that span a telling plane: the first of a forgotten class and of the two kept classes that it is most taken for
 * now; without a run, of the first three classes that have samples. Where there are fewer classes their next samples follow.
 */
export async function defaultAnchors(
  pair: ModelPair,
  byClass: readonly (readonly number[])[],
  work: Work,
): Promise<SampleRef[]> {
  const order = await tellingOrder(pair, byClass, work);
  const longest = Math.max(...byClass.map((own) => own.length));
  const anchors: SampleRef[] = [];
  for (let nth = 0; nth < longest && anchors.length < 3; nth++) {
    for (const label of order) if (nth < byClass[label].length) anchors.push({ class: label, nth });
  }
  return anchors.slice(0, 3);
}

/** Classes that have samples, the most telling ones first. */
async function tellingOrder(
  { after, forget, samples }: ModelPair,
  byClass: readonly (readonly number[])[],
  work: Work,
): Promise<number[]> {
  const present = [...byClass.keys()].filter((label) => byClass[label].length > 0);
  const forgotten = forget.find((label) => byClass[label].length > 0);
  if (!after || forgotten === undefined) return present;
  const kept = present.filter((label) => !forget.includes(label));
  const weights = await takenFor(after, samples, byClass[forgotten].slice(0, LOOKED_AT), work);
  kept.sort((a, b) => weights[b] - weights[a]);
  return [forgotten, ...kept, ...present.filter((label) => label !== forgotten && forget.includes(label))];
}

/** How often these samples are taken for each class, and, to tell equals apart, how likely it is for them on average. */
async function takenFor(
  model: Classifier,
  samples: SampleSet,
  indices: readonly number[],
  { signal }: Work,
): Promise<Float64Array> {
  const { tensor } = await readChosen(samples, indices, signal);
  const { logits } = await model.forward(tensor, { signal });
  const weights = new Float64Array(model.classCount);
  for (let from = 0; from < logits.data.length; from += model.classCount) {
    weights[answerOf(logits.data, from, model.classCount).predicted]++;
    for (const label of weights.keys()) {
      weights[label] += softmaxOf(logits.data, from, model.classCount, label) / indices.length;
    }
  }
  return weights;
}
