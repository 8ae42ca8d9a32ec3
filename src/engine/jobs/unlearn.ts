import { LetheError } from '../../base/errors.js';
import type { Work } from '../../base/work.js';
import type { Classifier } from '../../models/classifier.js';
import { classIndices } from '../../project/classNames.js';
import { hashFiles } from '../../project/fileHash.js';
import { slugOf } from '../../project/slug.js';
import type { Confusion, RunRecord, UnlearnRequest, UnlearnResult, UnlearnSeconds } from '../../protocol.js';
import { collectSpaces } from '../../unlearn/collect.js';
import { Projections } from '../../unlearn/projection.js';
import { RACE, type SearchResult } from '../../unlearn/search.js';
import { measureConfusion } from '../accuracy.js';
import { Activations } from '../activations.js';
import { SAMPLE_CACHE_BYTES, SKETCH_VECTORS } from '../defaults.js';
import { findHistory } from '../history.js';
import { hashData } from '../inputs.js';
import { chooseOutput, outputTarget } from '../output.js';
import { persist } from '../persist.js';
import { planRun } from '../plan.js';
import { findingsOf } from '../policy.js';
import { drawSamples, makePools } from '../pools.js';
import { batchSize, checkWeights, probe } from '../probe.js';
import { accuraciesOf, changesOf, layerChanges } from '../results.js';
import { checkRoom, checkRoomForModel } from '../room.js';
import { chosenLayers, settingsOf } from '../runSettings.js';
import { candidateResults, roundsFor, searchCandidates } from '../search.js';
import { Session } from '../session.js';
import { stopwatch } from '../stopwatch.js';
import { checkMeasurable, findTargets, indicesOf } from '../targets.js';
import { versions } from '../versions.js';

/**
 * Makes a copy of a model that has forgotten classes, with a record of how. The source is only read.
 * @throws LetheError `no-candidate` if no pair of alphas forgets, and for everything that is wrong with the input; `out-of-memory` or
 *   `disk-full` before the long work if the run would not fit. Nothing has been written then, nor after `cancelled`.
 */
export async function unlearn(request: UnlearnRequest, work: Work = {}): Promise<UnlearnResult> {
  const clock = stopwatch();
  const session = await Session.open(request, work);
  try {
    return await forget(session, request, clock, work);
  } finally {
    await session.close();
  }
}

async function forget(
  session: Session,
  request: UnlearnRequest,
  total: () => number,
  work: Work,
): Promise<UnlearnResult> {
  const { classifier, classes, home, config } = session;
  const { signal } = work;
  const settings = settingsOf(request);
  const layers = chosenLayers(classifier, settings.layers);
  await checkRoomForModel(classifier, layers);
  await checkWeights(classifier, signal);
  if (request.forget) {
    // Settled again below; what is wrong with it should be said before the long work.
    await chooseOutput(classifier, home, slugOf(classIndices(request.forget, classes), classes), request);
  }
  const source = await hashFiles(classifier.files, work);
  const history = await findHistory(home, source);
  const coverage = session.isCovered
    ? []
    : [`"models" in ${config.file} does not name this model: no policy applies to it`];
  const seconds: Mutable<UnlearnSeconds> = { load: total(), measure: 0, forward: 0, spaces: 0, search: 0, total: 0 };

  const pools = makePools(session, settings.seed);
  const costs = await probe(classifier, pools.work, signal);
  const plan = await planRun(session, request, settings, layers, pools, costs, history.record);
  await checkRoom(plan, outputTarget(classifier, home, '', request));
  const measure = async (model: Classifier): Promise<Confusion> => {
    const clock = stopwatch();
    const confusion = await measureConfusion(model, pools.measured, batchSize(costs), work);
    seconds.measure += clock();
    return confusion;
  };
  const before = await measure(classifier);
  const targets = findTargets(config, classes, request.forget, history.record, before);
  checkMeasurable(targets, before, classes, pools.measured.dataset.where(0).file);
  const slug = slugOf(indicesOf(targets.forget), classes);
  const output = await chooseOutput(classifier, home, slug, request);

  const roles = { retain: targets.retain, forget: indicesOf(targets.forget), earlier: indicesOf(targets.earlier) };
  const samples = drawSamples(pools, roles, classes, settings, SAMPLE_CACHE_BYTES);
  const pairs = settings.alphaR.length * settings.alphaF.length;
  const rounds = roundsFor(costs, samples.judged.indices.length, pairs);
  const stream = new Activations(classifier, samples, costs, { ...settings, onProgress: work.onProgress });
  const collecting = stopwatch();
  const sketch = rounds === RACE ? SKETCH_VECTORS : undefined;
  const spaces = await collectSpaces(stream, layers, { memory: settings.memory, sketch, signal });
  try {
    seconds.forward = stream.seconds;
    seconds.spaces = collecting() - stream.seconds;
    const projections = new Projections(spaces, (id) => classifier.readWeight(id));

    const searching = stopwatch();
    const { judged } = samples;
    const { alphaR, alphaF } = settings;
    const found = await searchCandidates(
      { classifier, projections, judged, costs, targets, alphaR, alphaF, rounds },
      work,
    );
    seconds.search = searching();
    const best = found.best ?? noCandidate(found, classifier);

    const weights = await projections.weights(best, 'full', { signal });
    const candidate = await classifier.withWeights({ weights });
    let after: Confusion;
    try {
      after = await measure(candidate);
    } finally {
      await candidate.dispose();
    }
    const describing = stopwatch();
    const facts = await projections.facts(best, work);
    seconds.spaces += describing();

    const changes = changesOf(classes, targets, before, after);
    const left = classifier.layers.filter((layer) => !layers.includes(layer));
    const result = (saving: readonly string[]): RunRecord['result'] => ({
      forget: roles.forget.map((index) => classes[index]),
      earlier: roles.earlier.map((index) => classes[index]),
      alphaR: best.alphaR,
      alphaF: best.alphaF,
      measuredOn: pools.measuredOn,
      before: accuraciesOf(before, roles),
      after: accuraciesOf(after, roles),
      perClass: changes,
      confusion: { before, after },
      layers: layerChanges(layers, facts),
      skipped: [
        ...classifier.skipped,
        ...left.map(({ name, kind }) => ({ name, kind, reason: `not matched by --layers ${settings.layers}` })),
      ],
      candidates: candidateResults(found, best),
      policy: findingsOf(targets, changes),
      notes: [...coverage, ...history.notes, ...samples.notes, ...saving],
      seconds: { ...seconds, total: total() },
    });
    const draft = {
      version: 1 as const,
      created: new Date().toISOString(),
      versions: versions(),
      source: { path: classifier.path, format: classifier.format, files: source },
      config: (await hashFiles([config.file], { signal }))[0],
      data: await hashData([pools.measured, samples.judged], work),
      classes,
      forget: targets.forget.map(({ index, reason, maxAccuracy }) => ({
        class: classes[index],
        index,
        reason,
        maxAccuracy,
      })),
      earlier: targets.earlier.map(({ index, maxAccuracy }) => ({ class: classes[index], index, maxAccuracy })),
      settings,
    };
    const { result: recorded, ...written } = await persist(
      classifier,
      { weights },
      output,
      home.folder,
      slug,
      draft,
      result,
      work,
    );
    return { model: request.model, ...recorded, ...written };
  } finally {
    await spaces.dispose();
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function noCandidate({ candidates }: SearchResult, { path }: Classifier): never {
  const closest = candidates.reduce((a, b) => (b.accuracyForget < a.accuracyForget ? b : a));
  throw new LetheError('no-candidate', {
    message: `no candidate forgets: the closest, with alpha_r ${closest.alphaR} and alpha_f ${closest.alphaF}, still recognises ${(100 * closest.accuracyForget).toFixed(1)}%`,
    file: path,
    hint: 'Nothing was written. Try larger alpha_f or smaller alpha_r, more samples, or all layers.',
  });
}
