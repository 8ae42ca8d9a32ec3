import type { Work } from '../../contract/progress.js';
import type { CandidateFacts } from '../../contract/records.js';
import { writeCandidate } from '../../project/candidateStore.js';
import { readRun } from '../../project/runStore.js';
import { knownFacts, type RecordedCandidate, unlessDamaged } from '../records/recordedCandidate.js';
import { measureCandidate } from '../run/candidate.js';
import { checkSource } from '../run/recorded.js';
import type { LoadedModel } from './loadedModel.js';

/**
 * What is known of a candidate, measured if nothing is, and then kept in the run's folder.
 * @throws LetheError as `LoadedModel.sourceOf`; `run-outdated` if the model is not the one of the run; `file-missing` if the run
 *   is gone; `disk-full`, `file-unwritable`.
 */
export async function findFacts(model: LoadedModel, recorded: RecordedCandidate, work: Work): Promise<CandidateFacts> {
  return (await knownFacts(recorded).catch(unlessDamaged)) ?? makeFacts(model, recorded, work);
}

/** Measures a candidate and keeps what is found in the run's folder. @throws LetheError as `findFacts`. */
export async function makeFacts(model: LoadedModel, recorded: RecordedCandidate, work: Work): Promise<CandidateFacts> {
  const { run } = recorded;
  await checkSource(model.session, run.record, work);
  const facts = await measure(model, recorded, work);
  // A run that was deleted meanwhile must not come back as a folder without its record.
  await readRun(run.folder);
  await writeCandidate(run.folder, run.record.id, facts);
  return facts;
}

async function measure(model: LoadedModel, { run, candidate }: RecordedCandidate, work: Work): Promise<CandidateFacts> {
  const source = await model.sourceOf(run.record, work);
  try {
    const made = await model.candidateClassifier(run.record, candidate.recipe, work);
    try {
      const measured = await measureCandidate(source.value.basis, candidate.recipe, made.value, work);
      const judged = run.record.result.candidates.find(({ id }) => id === candidate.id);
      const layers = await source.value.layers(candidate.recipe, work);
      return { ...measured, layers, recoverabilityAfter: judged?.recoverability ?? null };
    } finally {
      await made.release();
    }
  } finally {
    await source.release();
  }
}
