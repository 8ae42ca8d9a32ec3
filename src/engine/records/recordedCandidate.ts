import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import { exists } from '../../base/files.js';
import type { Candidate } from '../../contract/candidates.js';
import type { CandidateId } from '../../contract/recipes.js';
import type { CandidateFacts } from '../../contract/records.js';
import type { ModelRequest } from '../../contract/terms.js';
import { readCandidate } from '../../project/candidateStore.js';
import { fromRecordPath } from '../../project/recordPath.js';
import { readRun, type StoredRun } from '../../project/runStore.js';

/** A candidate of a recorded run: settled once, when it is asked for, and handed on. */
export interface RecordedCandidate {
  readonly run: StoredRun;
  readonly candidate: Candidate;
  /** Whether the model that the run wrote is this one. */
  readonly isSaved: boolean;
}

/**
 * The candidate of a run that is asked for.
 * @param folder the run's, or its `run.json`. @param id default that of the saved one.
 * @throws LetheError `file-missing`, `record-invalid`; `usage` if the run has not tried it.
 */
export async function recordedCandidate(folder: string, id?: CandidateId): Promise<RecordedCandidate> {
  const run = await readRun(path.resolve(folder));
  const { candidate: saved, candidates } = run.record.result;
  if (id === undefined || id === saved.id) return { run, candidate: saved, isSaved: true };
  const tried = candidates.find((candidate) => candidate.id === id);
  if (tried) return { run, candidate: { id: tried.id, recipe: tried.recipe }, isSaved: false };
  throw new LetheError('usage', {
    message: `the run has no candidate ${id}`,
    file: run.folder,
    hint: 'Choose one that the run has tried, or run again with its pair of alphas as the fixed one (--alpha-r and --alpha-f).',
  });
}

/** A request for the model that a run was made from, under the `lethe.json` that it was made with. */
export async function sourceOf(
  { home, record }: StoredRun,
  { config, allowOutside, threads }: Omit<ModelRequest, 'model'>,
): Promise<ModelRequest> {
  const used = record.config && fromRecordPath(home, record.config.path);
  return {
    model: fromRecordPath(home, record.source.path),
    // One that has gone since says nothing; then it is looked for as usual.
    config: config ?? (used && (await exists(used)) ? used : undefined),
    ...{ allowOutside, threads },
  };
}

/**
 * What the record of its run, or the look that somebody took at it, says of a candidate; null if nothing does.
 * @throws LetheError `record-invalid`, `file-unreadable`.
 */
export async function knownFacts({ run, candidate, isSaved }: RecordedCandidate): Promise<CandidateFacts | null> {
  const { folder, record } = run;
  if (!isSaved) return readCandidate(folder, record.id, candidate.id);
  const { after, perClass, layers, policy, confusion, recoverability } = record.result;
  const facts = { candidate, after, perClass, layers, policy };
  return { ...facts, confusionAfter: confusion.after, recoverabilityAfter: recoverability.after };
}

/** What is damaged is found again. */
export function unlessDamaged(error: unknown): null {
  if (error instanceof LetheError && error.code === 'record-invalid') return null;
  throw error;
}
