import type { Work } from '../../contract/progress.js';
import { matrix } from '../../linalg/matrix.js';
import type { Classifier } from '../../models/classifier.js';
import type { ClassAccuracy, Evaluation } from '../../unlearn/candidates.js';
import { crossValidated } from '../../unlearn/recoverability.js';
import { answeredBatches } from '../open/accuracy.js';
import { batchSize } from '../open/probe.js';
import type { SampleSet } from '../open/samples.js';
import type { RunBasis } from './basis.js';
import { rolesOf } from './candidate.js';
import { lastHidden, meanInputs } from './features.js';

/** How a model does on some samples: its answers, and what its last hidden layer gives away of the classes to forget. */
export async function evaluateOn(
  { targets, costs }: Pick<RunBasis, 'targets' | 'costs'>,
  model: Classifier,
  samples: SampleSet,
  work: Work,
): Promise<Evaluation> {
  const roles = rolesOf({ targets });
  const [isForgotten, isEarlier] = [new Set(roles.forget), new Set(roles.earlier)];
  const hidden = lastHidden(model);
  const features: Record<'forget' | 'rest', Float32Array[]> = { forget: [], rest: [] };
  const tally = new Map<number, { right: number; all: number }>();
  const isRight: number[] = [];
  const batch = batchSize(costs, hidden ? [hidden] : []);
  const read = hidden?.sites.map(({ tap }) => tap) ?? [];
  for await (const { labels, answers, taps } of answeredBatches(model, samples, batch, read, work)) {
    const vectors = hidden && meanInputs(hidden, taps, labels.length, costs.readTokens);
    for (const [at, label] of labels.entries()) {
      const right = answers[at] === label;
      const known = tally.get(label) ?? { right: 0, all: 0 };
      tally.set(label, { right: known.right + Number(right), all: known.all + 1 });
      if (!isForgotten.has(label) && !isEarlier.has(label)) isRight.push(Number(right));
      if (!vectors || isEarlier.has(label)) continue;
      const vector = vectors.data.subarray(at * vectors.cols, (at + 1) * vectors.cols);
      features[isForgotten.has(label) ? 'forget' : 'rest'].push(vector);
    }
  }
  return {
    classes: accuraciesOf(tally),
    isRight: Uint8Array.from(isRight),
    recoverability: await crossValidated({ forget: asRows(features.forget), rest: asRows(features.rest) }, work.signal),
  };
}

function accuraciesOf(tally: ReadonlyMap<number, { readonly right: number; readonly all: number }>): ClassAccuracy[] {
  return [...tally]
    .sort(([a], [b]) => a - b)
    .map(([name, { right, all }]) => ({ class: name, accuracy: right / all, samples: all }));
}

function asRows(vectors: readonly Float32Array[]) {
  const rows = matrix(vectors.length, vectors[0]?.length ?? 0);
  for (const [at, vector] of vectors.entries()) rows.data.set(vector, at * rows.cols);
  return rows;
}
