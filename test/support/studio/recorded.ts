import type { Candidate } from '../../../src/contract/candidates.js';
import type { CandidateFacts } from '../../../src/contract/records.js';
import type { RunSummary, StudioRun } from '../../../src/contract/run.js';
import { knownFacts } from '../../../src/engine/records/recordedCandidate.js';
import { studioRun } from '../../../src/engine/records/studioRun.js';
import type { StoredRun } from '../../../src/project/runStore.js';
import { GOLDEN_HOME, goldenAnswers } from '../engine/goldenRecords.js';
import { exampleRecord, olderFacts, olderRecord, otherFacts, secondRecord } from '../engine/runRecord.js';

const [summaryOfSecond, summaryOfFirst] = goldenAnswers().runs;
const first: StoredRun = { folder: summaryOfFirst.folder, home: GOLDEN_HOME, record: exampleRecord() };
const second: StoredRun = { folder: summaryOfSecond.folder, home: GOLDEN_HOME, record: secondRecord() };
const older: StoredRun = { ...first, record: olderRecord() };
const another = otherFacts();

/** A recorded run as the engine shows it, with the candidate that was saved or another one. */
async function shown(run: StoredRun, outputExists: boolean, facts: CandidateFacts): Promise<StudioRun> {
  const studio = await studioRun(run, facts);
  return { ...studio, output: { ...studio.output!, exists: outputExists } };
}

async function saved(run: StoredRun, outputExists: boolean): Promise<StudioRun> {
  const { candidate } = run.record.result;
  return shown(run, outputExists, (await knownFacts({ run, candidate, isSaved: true }))!);
}

/** The run that forgot Shirt, as the Studio shows it. */
export const shownRun: StudioRun = await saved(first, true);

export const { outcome } = shownRun;

/** A candidate of that run that was not saved: it keeps less, and less of Shirt can be read from it. */
export const other: Candidate = another.candidate;

/** The same run with that candidate looked at. */
export const otherCandidate: StudioRun = await shown(first, true, another);

/** A second run of the same model: it forgot Bag, with other settings. Its model was deleted. */
export const secondRun: StudioRun = await saved(second, false);

/** A run that an older version has recorded, which knew nothing of recoverability; and one of its candidates, which still recognises too many shirts. */
export const olderRun: StudioRun = await saved(older, true);
export const olderCandidate: StudioRun = await shown(older, true, olderFacts());

/** The first run alone in a list, and both of them. */
export const runs: readonly RunSummary[] = [summaryOfFirst];
export const twoRuns: readonly RunSummary[] = [{ ...summaryOfSecond, outputExists: false }, summaryOfFirst];
