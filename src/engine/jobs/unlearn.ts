import { LetheError } from '../../base/errors.js';
import { stopwatch } from '../../base/stopwatch.js';
import { percentText } from '../../base/text.js';
import type { Work } from '../../base/work.js';
import type { CandidateResult, RunRecord, UnlearnSeconds } from '../../contract/records.js';
import type { UnlearnPart, UnlearnRequest, UnlearnResult } from '../../contract/run.js';
import type { Classifier } from '../../models/classifier.js';
import { pairText } from '../../project/alphaPair.js';
import type { CandidateFacts } from '../../project/candidateStore.js';
import { hashFiles } from '../../project/fileHash.js';
import { slugOf } from '../../project/slug.js';
import { RACE, type SearchResult } from '../../unlearn/search.js';
import type { Bench } from '../kept/bench.js';
import { dropBench, leaseNewBench } from '../kept/benches.js';
import { SKETCH_VECTORS } from '../open/limits.js';
import type { RunBasis } from '../run/basis.js';
import { describeLayers, makeCandidate, measureCandidate, measureModel, rolesOf } from '../run/candidate.js';
import { hashData } from '../run/inputs.js';
import { chooseOutput } from '../run/output.js';
import { beforePart, layersPart, measuredPart, spacesPart } from '../run/parts.js';
import { type Draft, persist } from '../run/persist.js';
import { notesOf, type PreparedRun, prepareRun, settleRun, skippedLayers } from '../run/prepare.js';
import { accuraciesOf } from '../run/results.js';
import { candidateResults, roundsFor, searchCandidates } from '../run/search.js';
import { findSpaces } from '../run/spaces.js';
import { indicesOf } from '../run/targets.js';
import { versions } from '../run/versions.js';

/**
 * Makes a copy of a model that has forgotten classes, with a record of how. The source is only read.
 * @throws LetheError `no-candidate` if no pair of alphas forgets, and for everything that is wrong with the input; `out-of-memory` or
 *   `disk-full` before the long work if the run would not fit. Nothing has been written then, nor after `cancelled`.
 */
export async function unlearn(request: UnlearnRequest, work: Work<UnlearnPart> = {}): Promise<UnlearnResult> {
  const total = stopwatch();
  const bench = await leaseNewBench(request, work);
  try {
    return await forget(bench.value, request, total, work);
  } catch (error) {
    await dropBench();
    throw error;
  } finally {
    await bench.release();
  }
}

async function forget(
  bench: Bench,
  request: UnlearnRequest,
  total: () => number,
  work: Work<UnlearnPart>,
): Promise<UnlearnResult> {
  const { session } = bench;
  const { classifier, classes, home } = session;
  const run = await prepareRun(session, request, work);
  const seconds: Mutable<UnlearnSeconds> = { load: total(), measure: 0, forward: 0, spaces: 0, search: 0, total: 0 };

  const measuring = stopwatch();
  const before = await measureModel(run, classifier, work);
  seconds.measure = measuring();
  const basis = settleRun(session, request, run, before);
  const slug = slugOf(indicesOf(basis.targets.forget), classes);
  const output = await chooseOutput(classifier, home, slug, request);
  const notes = notesOf(basis, run);
  work.onPart?.(beforePart(basis, notes));

  const rounds = roundsOf(basis);
  const found = await findSpaces(basis, rounds === RACE ? SKETCH_VECTORS : undefined, work);
  const { spaces, projections } = found;
  try {
    const describing = stopwatch();
    work.onPart?.(spacesPart(basis.layers, await projections.spectra(work)));
    seconds.forward = found.seconds.forward;
    seconds.spaces = found.seconds.spaces + describing();

    const searching = stopwatch();
    const { alphaR, alphaF } = basis.settings;
    const searched = await searchCandidates(
      { ...basis, classifier, projections, judged: basis.samples.judged, alphaR, alphaF, rounds },
      work,
    );
    seconds.search = searching();
    const best = searched.best ?? noCandidate(searched, classifier);
    const candidates = candidateResults(searched, best);

    const { edits, classifier: candidate } = await makeCandidate(found, best, work);
    const measuringAgain = stopwatch();
    const measured = await measureCandidate(basis, best, candidate, work).finally(() => candidate.dispose());
    seconds.measure += measuringAgain();
    work.onPart?.(measuredPart(measured, candidates));

    const describingAgain = stopwatch();
    const layers = await describeLayers(found, best, work);
    seconds.spaces += describingAgain();
    work.onPart?.(layersPart(layers));

    const result = (saving: readonly string[]): RunRecord['result'] => ({
      ...resultOf(basis, { ...measured, layers }, candidates),
      notes: [...notes, ...saving],
      seconds: { ...seconds, total: total() },
    });
    const draft = await draftOf(basis, run, work);
    const { record, ...written } = await persist(classifier, edits, output, home.folder, slug, draft, result, work);
    await bench.keepSpaces(record, found);
    return { model: request.model, ...record.result, ...written };
  } catch (error) {
    await spaces.dispose();
    throw error;
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function roundsOf({ costs, samples, settings }: RunBasis) {
  return roundsFor(costs, samples.judged.indices.length, settings.alphaR.length * settings.alphaF.length);
}

function resultOf(
  basis: RunBasis,
  { alphaR, alphaF, after, perClass, confusionAfter, layers, policy }: CandidateFacts,
  candidates: readonly CandidateResult[],
): Omit<RunRecord['result'], 'notes' | 'seconds'> {
  const { classes } = basis.session;
  const roles = rolesOf(basis);
  return {
    forget: roles.forget.map((index) => classes[index]),
    earlier: roles.earlier.map((index) => classes[index]),
    alphaR,
    alphaF,
    measuredOn: basis.pools.measuredOn,
    before: accuraciesOf(basis.before, roles),
    after,
    perClass,
    confusion: { before: basis.before, after: confusionAfter },
    layers,
    skipped: skippedLayers(basis),
    candidates,
    policy,
  };
}

/** What the record says but for the results. */
async function draftOf(basis: RunBasis, { source, settings }: PreparedRun, work: Work): Promise<Draft> {
  const { session, targets, pools, samples } = basis;
  const { classifier, config, classes } = session;
  const named = <T extends { readonly index: number }>(entry: T) => ({ class: classes[entry.index], ...entry });
  return {
    version: 1,
    created: new Date().toISOString(),
    versions: versions(),
    source: { path: classifier.path, format: classifier.format, files: source },
    config: (await hashFiles([config.file], { signal: work.signal }))[0],
    data: await hashData([pools.measured, samples.judged], work),
    classes,
    forget: targets.forget.map(({ index, reason, maxAccuracy }) => named({ index, reason, maxAccuracy })),
    earlier: targets.earlier.map(({ index, maxAccuracy }) => named({ index, maxAccuracy })),
    settings,
  };
}

function noCandidate({ candidates }: SearchResult, { path }: Classifier): never {
  const closest = candidates.reduce((a, b) => (b.accuracyForget < a.accuracyForget ? b : a));
  throw new LetheError('no-candidate', {
    message: `no candidate forgets: the closest, with ${pairText(closest)}, still recognises ${percentText(closest.accuracyForget)}`,
    file: path,
    hint: 'Nothing was written. Try larger alpha_f or smaller alpha_r, more samples, or all layers.',
  });
}
