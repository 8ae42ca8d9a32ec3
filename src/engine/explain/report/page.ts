import type { Work } from '../../../contract/progress.js';
import type { RunRecord } from '../../../contract/records.js';
import type { ReportRequest } from '../../../contract/run.js';
import { reportPage } from '../../../report/page.js';
import { findFacts } from '../../kept/candidateFacts.js';
import { leaseModel } from '../../kept/loadedModels.js';
import { openRecordedPair } from '../../kept/modelPair.js';
import { withCandidate } from '../../records/outcome.js';
import { type RecordedCandidate, sourceOf } from '../../records/recordedCandidate.js';
import { explain } from './explanations.js';

/** The page of a candidate, with explanations if they are asked for. @throws LetheError as the jobs `candidate` and `saliency`. */
export async function candidatePage(recorded: RecordedCandidate, request: ReportRequest, work: Work): Promise<string> {
  const record = await recordWith(recorded, request, work);
  const written = recorded.isSaved ? undefined : recorded.run.record.result.candidate;
  if (!request.explanations) return reportPage(record, { written });
  const pair = await openRecordedPair(recorded, request, work);
  try {
    const explanations = await explain(pair, record, request.forgottenPictures ?? false, work);
    return reportPage(record, { written, explanations });
  } finally {
    await pair.release();
  }
}

/** The run's record, with this candidate in place of the one that was saved if it is another one. */
async function recordWith(recorded: RecordedCandidate, request: ReportRequest, work: Work): Promise<RunRecord> {
  const { run, isSaved } = recorded;
  if (isSaved) return run.record;
  const model = await leaseModel(await sourceOf(run, request), work);
  try {
    const facts = await findFacts(model.value, recorded, work);
    return { ...run.record, result: withCandidate(run.record.result, facts) };
  } finally {
    await model.release();
  }
}
