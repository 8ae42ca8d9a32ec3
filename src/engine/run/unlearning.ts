import { LetheError } from '../../base/errors.js';
import { stopwatch } from '../../base/stopwatch.js';
import { inStep, type Work } from '../../contract/progress.js';
import { candidateOf, recipeText } from '../../contract/recipes.js';
import type { CandidateFacts, CandidateResult, RunResult, UnlearnSeconds } from '../../contract/records.js';
import type { UnlearnPart, UnlearnRequest } from '../../contract/run.js';
import type { HashedFile } from '../../contract/schema.js';
import { percentText } from '../../contract/text.js';
import type { Classifier } from '../../models/classifier.js';
import { digests } from '../../project/digestCache.js';
import { hashFiles } from '../../project/fileHash.js';
import { slugOf } from '../../project/slug.js';
import type { SearchResult } from '../../unlearn/search.js';
import { checkWeights } from '../open/probe.js';
import type { Session } from '../open/session.js';
import type { RunBasis } from './basis.js';
import { makeCandidate, measureCandidate, measureModel, rolesOf } from './candidate.js';
import { checkRoom } from './cost/room.js';
import { hashData } from './inputs.js';
import type { CandidateSource } from './method.js';
import { METHODS } from './methods.js';
import { chooseOutput, outputFolder } from './output.js';
import { beforePart, layersPart, measuredPart, spacesPart } from './parts.js';
import { type Draft, type Persisted, persist } from './persist.js';
import { draftRun, notesOf, settleRun, skippedLayers } from './prepare.js';
import { accuraciesOf } from './results.js';
import { candidateResults, search } from './search.js';
import { Sources } from './sources.js';
import { indicesOf } from './targets.js';
import { versions } from './versions.js';

/** A run that is written, and what its other candidates can be made from. */
export interface Unlearned extends Persisted {
  readonly source: CandidateSource;
}

/**
 * A whole run on an opened model: draft, measure, prepare the method, search, measure again, save. Dispose of `source` when done.
 * @param total seconds since the run began.
 * @throws LetheError as the job `unlearn`.
 */
export async function runUnlearning(
  session: Session,
  request: UnlearnRequest,
  total: () => number,
  work: Work<UnlearnPart>,
): Promise<Unlearned> {
  const { classifier, classes, home } = session;
  const draft = await draftRun(session, request, work);
  const { forget, strategy } = draft;
  // Named classes name the output too, which may be in the way.
  let output = forget && (await chooseOutput(classifier, home, slugOf(forget, classes), request));
  await checkRoom(draft.plan, outputFolder(classifier, home, request));
  await checkWeights(classifier, work.signal);
  const files = await digests.hash(classifier.files, work);
  const seconds: Mutable<UnlearnSeconds> = { load: total(), measure: 0, forward: 0, spaces: 0, search: 0, total: 0 };

  const measuring = stopwatch();
  const before = await measureModel(draft, classifier, work);
  seconds.measure = measuring();
  const basis = settleRun(draft, before);
  const slug = slugOf(indicesOf(basis.targets.forget), classes);
  output ??= await chooseOutput(classifier, home, slug, request);
  const notes = notesOf(basis, draft);
  work.onPart?.(beforePart(basis, notes));

  const { fitted, folds } = basis.samples;
  const sources = new Sources(METHODS[basis.settings.method], basis);
  try {
    const first = await sources.of(folds[0].fitted, work);
    const describing = stopwatch();
    work.onPart?.(spacesPart(basis.layers, await first.spectra(work)));
    seconds.forward = first.seconds.forward;
    seconds.spaces = first.seconds.spaces + describing();

    const searching = stopwatch();
    const searched = await search(basis, strategy, sources, work);
    const { best, before: judgedBefore } = searched;
    const { recipe, recoverability } = best ?? noCandidate(searched, classifier);
    const candidates = candidateResults(searched, candidateOf(recipe));
    const source = await sources.of(fitted, inStep('search', work));
    seconds.search = searching();

    const model = await makeCandidate(source, recipe, work);
    const measuringAgain = stopwatch();
    const measured = await measureCandidate(basis, recipe, model, work).finally(() => model.dispose());
    const recoverabilities = { before: judgedBefore.recoverability, after: recoverability };
    seconds.measure += measuringAgain();
    work.onPart?.({ ...measuredPart(measured, candidates), recoverability: recoverabilities });

    const describingAgain = stopwatch();
    const layers = await source.layers(recipe, work);
    seconds.spaces += describingAgain();
    work.onPart?.(layersPart(layers));

    const result = (fromSaving: readonly string[]): RunResult => ({
      ...resultOf(basis, { ...measured, layers }, candidates),
      recoverability: recoverabilities,
      notes: [...notes, ...fromSaving],
      seconds: { ...seconds, total: total() },
    });
    const saving = inStep('save', work);
    const recorded = await recordDraft(basis, files, saving);
    const edits = await source.edits(recipe, saving);
    const run = { classifier, edits, output, home: home.folder, slug, draft: recorded, result };
    const persisted = await persist(run, work);
    return { ...persisted, source: await sources.take(fitted, work) };
  } catch (error) {
    await sources.dispose();
    throw error;
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function resultOf(
  basis: RunBasis,
  { candidate, after, perClass, confusionAfter, layers, policy }: Omit<CandidateFacts, 'recoverabilityAfter'>,
  candidates: readonly CandidateResult[],
): Omit<RunResult, 'notes' | 'seconds' | 'recoverability'> {
  const { classes } = basis.session;
  const roles = rolesOf(basis);
  return {
    forget: roles.forget.map((index) => classes[index]),
    earlier: roles.earlier.map((index) => classes[index]),
    candidate,
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

/** What the record says but for the results. @param files of the source, with their digests. */
async function recordDraft(basis: RunBasis, files: readonly HashedFile[], work: Work): Promise<Draft> {
  const { session, settings, targets, pools, samples } = basis;
  const { classifier, config, classes } = session;
  const named = <T extends { readonly index: number }>(entry: T) => ({ class: classes[entry.index], ...entry });
  return {
    version: 3,
    created: new Date().toISOString(),
    versions: versions(),
    source: { path: classifier.path, format: classifier.format, files },
    config: (await hashFiles([config.file], work))[0],
    data: await hashData([pools.measured, samples.all], work),
    classes,
    forget: targets.forget.map(({ index, reason, maxAccuracy }) => named({ index, reason, maxAccuracy })),
    earlier: targets.earlier.map(({ index, maxAccuracy }) => named({ index, maxAccuracy })),
    settings,
  };
}

function noCandidate({ candidates }: SearchResult, { path }: Classifier): never {
  const closest = candidates.reduce((a, b) => (b.forgetAccuracy < a.forgetAccuracy ? b : a));
  throw new LetheError('no-candidate', {
    message: `no candidate forgets: the closest, with ${recipeText(closest.recipe)}, still recognises ${percentText(closest.forgetAccuracy)}`,
    file: path,
    hint: 'Nothing was written. Edit all layers, take more samples, or give larger alpha_f and smaller alpha_r.',
  });
}
