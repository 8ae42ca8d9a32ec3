import { LetheError } from '../../base/errors.js';
import type { Candidate, Recipe } from '../../contract/candidates.js';
import { inStep, type Work } from '../../contract/progress.js';
import { recipeText } from '../../contract/recipes.js';
import type { CandidateResult, RunRecord, RunResult } from '../../contract/records.js';
import type { SaveCandidateRequest, SaveCandidateResult } from '../../contract/run.js';
import type { HashedFile } from '../../contract/schema.js';
import type { RunSettings } from '../../contract/settings.js';
import { percentText } from '../../contract/text.js';
import { hashFiles } from '../../project/fileHash.js';
import { fromRecordPath } from '../../project/recordPath.js';
import type { StoredRun } from '../../project/runStore.js';
import { slugOf } from '../../project/slug.js';
import { listed } from '../../unlearn/strategies.js';
import { withCandidate } from '../records/outcome.js';
import { outputOf } from '../records/output.js';
import type { RecordedCandidate } from '../records/recordedCandidate.js';
import type { CandidateSource } from '../run/method.js';
import { METHODS } from '../run/methods.js';
import { chooseOutput } from '../run/output.js';
import { type Draft, persist } from '../run/persist.js';
import { findingsOf } from '../run/policy.js';
import { checkSource } from '../run/recorded.js';
import { candidateResults, search, withJudgement } from '../run/search.js';
import { Sources } from '../run/sources.js';
import { versions } from '../run/versions.js';
import { findFacts } from './candidateFacts.js';
import type { LoadedModel } from './loadedModel.js';

/** Saves a candidate of a run whose source is open. @throws LetheError as the job `saveCandidate`. */
export async function saveRecorded(
  model: LoadedModel,
  recorded: RecordedCandidate,
  request: SaveCandidateRequest,
  work: Work,
): Promise<SaveCandidateResult> {
  const { run, candidate } = recorded;
  const { record } = run;
  const { session } = model;
  const { classifier, home, classes } = session;
  await checkSource(session, record, work);
  const slug = slugOf(
    record.forget.map(({ index }) => index),
    classes,
  );
  const output = await chooseOutput(classifier, home, slug, { ...request, out: request.out ?? outputOf(run) });
  const source = await model.sourceOf(record, work);
  try {
    const judged = await judgedInFull(source.value, record, candidate, work);
    const known = await findFacts(model, recorded, work);
    // `lethe.json` may ask for more now than when somebody looked at it, and the record names the one of now.
    const facts = { ...known, policy: findingsOf(source.value.basis.targets, known.perClass) };
    const candidates = withJudgement(record.result.candidates, judged);
    const found = withCandidate({ ...record.result, candidates }, facts);
    const result = (fromSaving: readonly string[]): RunResult => ({
      ...found,
      notes: [...new Set([...found.notes, ...fromSaving])],
    });
    const saving = inStep('save', work);
    const edits = await source.value.edits(candidate.recipe, saving);
    const draft = await draftOf(run, session.config.file, candidate.recipe, saving);
    const written = await persist({ classifier, edits, output, home: home.folder, slug, draft, result }, work);
    return { output: written.output, run: written.run, report: written.report };
  } finally {
    await source.release();
  }
}

/** Some candidates were judged on a part of the samples alone; none is saved on such grounds. @throws LetheError `no-candidate` if it does not forget. */
async function judgedInFull(
  source: CandidateSource,
  { result }: RunRecord,
  { id, recipe }: Candidate,
  work: Work,
): Promise<CandidateResult> {
  let judged = result.candidates.find((candidate) => candidate.complete && candidate.id === id);
  if (!judged) {
    const { signal, onProgress } = work;
    const sources = new Sources(METHODS[recipe.method], source.basis, source);
    const found = await search(source.basis, listed([recipe]), sources, { signal, onProgress }).finally(() =>
      sources.dispose(),
    );
    [judged] = candidateResults(found);
  }
  if (judged.forgets) return judged;
  throw new LetheError('no-candidate', {
    message: `the candidate with ${recipeText(recipe)} does not forget: it still recognises ${percentText(judged.forgetAccuracy)}`,
    file: source.basis.session.classifier.path,
    hint: 'Nothing was written. Choose a candidate that forgets.',
  });
}

/** The run's record, as the one that would have tried this candidate alone. Its paths are absolute. */
async function draftOf(run: StoredRun, config: string, recipe: Recipe, work: Work): Promise<Draft> {
  const { id: _, output: __, result: ___, ...record } = run.record;
  const absolute = (file: string) => fromRecordPath(run.home, file);
  const there = (file: HashedFile): HashedFile => ({ ...file, path: absolute(file.path) });
  return {
    ...record,
    created: new Date().toISOString(),
    versions: versions(),
    source: { ...record.source, path: absolute(record.source.path), files: record.source.files.map(there) },
    config: (await hashFiles([config], work))[0],
    data: record.data.map(there),
    settings: triedAlone(record.settings, recipe),
  };
}

/** The settings of a run that tries one candidate. */
function triedAlone(settings: RunSettings, { alphaR, alphaF }: Recipe): RunSettings {
  return { ...settings, alphaR: [alphaR], alphaF: [alphaF] };
}
