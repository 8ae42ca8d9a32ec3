import path from 'node:path';
import { throwIfAborted } from '../../base/abort.js';
import type { Work } from '../../contract/progress.js';
import type { ListRunsRequest, ListRunsResult, RunSummary } from '../../contract/run.js';
import { reportOf } from '../../project/errorReport.js';
import { fromRecordPath } from '../../project/recordPath.js';
import { listRuns, REPORT_NAME, type StoredRun } from '../../project/runStore.js';
import { isThere, outputOf } from '../records/output.js';

/** The runs that some folders keep, newest first; a run that two of them keep (its output went elsewhere) once. */
export async function runs(request: ListRunsRequest, work: Work = {}): Promise<ListRunsResult> {
  const folders = [...new Set(request.folders.map((folder) => path.resolve(folder)))];
  const { runs: stored, broken } = await listRuns(folders);
  throwIfAborted(work.signal);
  const known = new Map<string, StoredRun>();
  for (const run of stored) {
    const key = `${run.record.id} ${run.record.output.files[0].sha256} ${outputOf(run)}`;
    if (!known.has(key)) known.set(key, run);
  }
  const summaries = await Promise.all([...known.values()].reverse().map(summaryOf));
  return { runs: summaries, broken: broken.map(reportOf) };
}

async function summaryOf(run: StoredRun): Promise<RunSummary> {
  const { id, created, source, result } = run.record;
  return {
    folder: run.folder,
    id,
    created,
    forget: result.forget,
    source: fromRecordPath(run.home, source.path),
    output: outputOf(run),
    outputExists: await isThere(run),
    report: path.join(run.folder, REPORT_NAME),
    before: result.before,
    after: result.after,
    policyMet: result.policy.every((finding) => finding.severity !== 'error'),
  };
}
