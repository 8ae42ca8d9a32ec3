import type { Work } from '../../contract/progress.js';
import type { AlphaPair } from '../../contract/terms.js';
import { type CandidateFacts, writeCandidate } from '../../project/candidateStore.js';
import { readRun, type StoredRun } from '../../project/runStore.js';
import { knownFacts, unlessDamaged } from '../records/knownFacts.js';
import { describeLayers, measureCandidate } from '../run/candidate.js';
import type { Bench } from './bench.js';

/**
 * What is known of a candidate, measured if nothing is, and then kept in the run's folder.
 * @throws LetheError as `Bench.spacesOf`; `file-missing` if the run is gone; `disk-full`, `file-unwritable`.
 */
export async function findFacts(bench: Bench, run: StoredRun, pair: AlphaPair, work: Work): Promise<CandidateFacts> {
  return (await knownFacts(run, pair).catch(unlessDamaged)) ?? makeFacts(bench, run, pair, work);
}

/** Measures a candidate and keeps what is found in the run's folder. @throws LetheError as `findFacts`. */
export async function makeFacts(bench: Bench, run: StoredRun, pair: AlphaPair, work: Work): Promise<CandidateFacts> {
  const facts = await measure(bench, run, pair, work);
  // A run that was deleted meanwhile must not come back as a folder without its record.
  await readRun(run.folder);
  await writeCandidate(run.folder, run.record.id, facts);
  return facts;
}

async function measure(bench: Bench, { record }: StoredRun, pair: AlphaPair, work: Work): Promise<CandidateFacts> {
  const found = await bench.spacesOf(record, work);
  try {
    const made = await bench.candidateOf(record, pair, work);
    try {
      const measured = await measureCandidate(found.value.basis, pair, made.value, work);
      return { ...measured, layers: await describeLayers(found.value, pair, work) };
    } finally {
      await made.release();
    }
  } finally {
    await found.release();
  }
}
