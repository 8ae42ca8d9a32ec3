import { LetheError } from '../../base/errors.js';
import { stopwatch } from '../../base/stopwatch.js';
import type { EvaluateRequest, EvaluateResult } from '../../contract/models.js';
import type { Work } from '../../contract/progress.js';
import type { EvaluationRecord } from '../../contract/records.js';
import { RUN_SETTINGS } from '../../contract/settings.js';
import { sampleIndices } from '../../data/sampling.js';
import { digests } from '../../project/digestCache.js';
import { writeEvaluation } from '../../project/evaluations.js';
import { sameFiles } from '../../project/runStore.js';
import { accuracyOver, classAccuracies, measureConfusion } from './accuracy.js';
import type { ModelLocation } from './location.js';
import { batchSize, probe } from './probe.js';
import type { SampleSet } from './samples.js';
import { Session } from './session.js';

/**
 * Opens a model, measures its accuracy class by class, and keeps that in `.lethe/evaluations`.
 * @throws LetheError as `Session.open`; `samples-missing`, `cancelled`.
 */
export async function evaluateModel(
  location: ModelLocation,
  request: EvaluateRequest,
  work: Work,
): Promise<EvaluateResult> {
  const total = stopwatch();
  const session = await Session.open(location, request, work);
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
    const files = await digests.hash(classifier.files, work);
    const forward = stopwatch();
    const costs = await probe(classifier, samples, work.signal);
    const confusion = await measureConfusion(classifier, samples, batchSize(costs), work);
    const measured = {
      split,
      samples: samples.indices.length,
      accuracy: accuracyOver(confusion, [...classes.keys()])!,
      perClass: classAccuracies(classes, confusion),
      confusion,
    };
    const record: EvaluationRecord = {
      version: 1,
      created: new Date().toISOString(),
      model: { path: classifier.path, files },
      complete: samples.indices.length === all.indices.length,
      ...measured,
    };
    const seconds = { load, forward: forward(), total: total() };
    return { model: request.model, ...measured, notes: await keep(session.home.folder, record, work), seconds };
  } finally {
    await session.close();
  }
}

function drawn({ dataset: { labels }, indices }: SampleSet, request: EvaluateRequest): readonly number[] {
  if (request.samples === undefined) return indices;
  return sampleIndices(labels, { perClass: request.samples, seed: request.seed ?? RUN_SETTINGS.seed.default }).indices;
}

/** Keeps what was measured. That it can't is no failure of the measurement: what is amiss is returned as notes. */
async function keep(home: string, record: EvaluationRecord, work: Work): Promise<string[]> {
  const { files } = record.model;
  const paths = files.map((file) => file.path);
  try {
    // What was measured is what the files held all the time, or nobody knows what it was.
    if (!sameFiles(await digests.hash(paths, work), files)) {
      return ['the model changed while it was evaluated, so that the accuracies were not kept'];
    }
    await writeEvaluation(home, record);
    return [];
  } catch (error) {
    if (!(error instanceof LetheError) || error.code === 'cancelled') throw error;
    return [`the accuracies can not be kept for later: ${error.message}`];
  }
}
