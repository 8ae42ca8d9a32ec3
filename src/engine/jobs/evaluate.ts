import { LetheError } from '../../base/errors.js';
import type { Work } from '../../base/work.js';
import { sampleIndices } from '../../data/sampling.js';
import type { EvaluateRequest, EvaluateResult } from '../../protocol.js';
import { accuracyOver, measureConfusion, samplesOf } from '../accuracy.js';
import { DEFAULTS } from '../defaults.js';
import { batchSize, probe } from '../probe.js';
import type { SampleSet } from '../samples.js';
import { Session } from '../session.js';
import { stopwatch } from '../stopwatch.js';

/** Accuracy of a model, class by class. @throws LetheError as `Session.open`; `samples-missing`, `cancelled`. */
export async function evaluate(request: EvaluateRequest, work: Work = {}): Promise<EvaluateResult> {
  const total = stopwatch();
  const session = await Session.open(request, work);
  try {
    const load = total();
    const { classifier, classes } = session;
    const split = request.split ?? (session.split('test') ? 'test' : 'train');
    const all = session.split(split);
    if (!all) {
      throw new LetheError('samples-missing', {
        message: `names no ${split} data`,
        file: session.config.file,
        hint: `Add "${split}" under "data", or evaluate another split.`,
      });
    }
    const samples = { ...all, indices: drawn(all, request) };
    const forward = stopwatch();
    const costs = await probe(classifier, samples, work.signal);
    const confusion = await measureConfusion(classifier, samples, batchSize(costs), work);
    return {
      model: request.model,
      split,
      samples: samples.indices.length,
      accuracy: accuracyOver(confusion, [...classes.keys()])!,
      perClass: classes.map((name, index) => ({
        class: name,
        index,
        accuracy: accuracyOver(confusion, [index]),
        count: samplesOf(confusion, index),
      })),
      confusion,
      seconds: { load, forward: forward(), total: total() },
    };
  } finally {
    await session.close();
  }
}

function drawn({ dataset: { labels }, indices }: SampleSet, request: EvaluateRequest): readonly number[] {
  if (request.samples === undefined) return indices;
  return sampleIndices(labels, { perClass: request.samples, seed: request.seed ?? DEFAULTS.seed }).indices;
}
