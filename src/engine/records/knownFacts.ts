import { LetheError } from '../../base/errors.js';
import type { AlphaPair } from '../../contract/terms.js';
import { isSamePair } from '../../project/alphaPair.js';
import { type CandidateFacts, readCandidate } from '../../project/candidateStore.js';
import type { StoredRun } from '../../project/runStore.js';

/**
 * What the record of a run, or the look that somebody took at this candidate, says of it; null if nothing does.
 * @throws LetheError `record-invalid`, `file-unreadable`.
 */
export async function knownFacts({ folder, record }: StoredRun, pair: AlphaPair): Promise<CandidateFacts | null> {
  const { alphaR, alphaF, after, perClass, layers, policy, confusion } = record.result;
  if (!isSamePair(pair, { alphaR, alphaF })) return readCandidate(folder, record.id, pair);
  return { alphaR, alphaF, after, perClass, layers, policy, confusionAfter: confusion.after };
}

/** What is damaged is found again. */
export function unlessDamaged(error: unknown): null {
  if (error instanceof LetheError && error.code === 'record-invalid') return null;
  throw error;
}
