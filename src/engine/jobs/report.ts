import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { throwIfAborted } from '../../base/abort.js';
import { writeAtomically } from '../../base/files.js';
import type { Work } from '../../contract/progress.js';
import type { RunRecord } from '../../contract/records.js';
import type { ReportRequest, ReportResult } from '../../contract/run.js';
import type { AlphaPair } from '../../contract/terms.js';
import { isSamePair } from '../../project/alphaPair.js';
import { readCandidate } from '../../project/candidateStore.js';
import { REPORT_NAME, readRun, type StoredRun } from '../../project/runStore.js';
import { reportPage } from '../../report/page.js';
import { explain } from '../explain/report/explanations.js';
import { withModelPair } from '../kept/modelPair.js';
import { withCandidate } from '../records/outcome.js';
import { candidateOf, savedPair, sourceOf } from '../records/runRequest.js';
import { candidate } from './candidate.js';

/**
 * Writes a run's HTML page again, about the model that it wrote or about another candidate.
 * @throws LetheError `file-missing`, `record-invalid`, `output-exists`; for another candidate also as the job `candidate`, with
 *   explanations also as opening both models and the data.
 */
export async function report(request: ReportRequest, work: Work = {}): Promise<ReportResult> {
  const run = await readRun(path.resolve(request.run));
  const pair = candidateOf(run, request.pair);
  throwIfAborted(work.signal);
  const target = path.resolve(
    request.out ?? path.join(run.folder, writtenBeside(run, pair) ? candidateName(pair) : REPORT_NAME),
  );

  const page = request.explanations
    ? await explainedPage(run, pair, request, work)
    : reportPage(await recordWith(run, pair, request, work), { written: writtenBeside(run, pair) });
  throwIfAborted(work.signal);
  // A run that was deleted meanwhile must not come back as a folder without its record.
  if (path.dirname(target) === run.folder) await readRun(run.folder);
  const overwrite = request.out === undefined || request.force;
  await writeAtomically(target, (temporary) => writeFile(temporary, page), { overwrite });
  return { run: run.folder, report: target };
}

async function explainedPage(run: StoredRun, pair: AlphaPair, request: ReportRequest, work: Work): Promise<string> {
  const about = { ...(await sourceOf(run, request)), run: run.folder, pair };
  return withModelPair(about, work, async (models) => {
    const record = await recordWith(run, pair, request, work);
    const explanations = await explain(models, record, request.forgottenPictures ?? false, work);
    return reportPage(record, { written: writtenBeside(run, pair), explanations });
  });
}

/** The run's record, with this candidate in place of the one that was saved if it is another one. */
async function recordWith(run: StoredRun, pair: AlphaPair, request: ReportRequest, work: Work): Promise<RunRecord> {
  if (isSamePair(pair, savedPair(run))) return run.record;
  const { allowOutside, threads } = request;
  await candidate({ run: run.folder, pair, allowOutside, threads }, work);
  const facts = await readCandidate(run.folder, run.record.id, pair);
  return { ...run.record, result: withCandidate(run.record.result, facts!) };
}

/** The pair of the model that the run wrote, if it is another one. */
function writtenBeside(run: StoredRun, pair: AlphaPair): AlphaPair | undefined {
  return isSamePair(pair, savedPair(run)) ? undefined : savedPair(run);
}

/** Beside the run's own report, which stays that of the model that was written. */
function candidateName({ alphaR, alphaF }: AlphaPair): string {
  return `report-${alphaR}-${alphaF}.html`;
}
