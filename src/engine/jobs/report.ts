import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { throwIfAborted } from '../../base/abort.js';
import { writeAtomically } from '../../base/files.js';
import type { Work } from '../../contract/progress.js';
import type { ReportRequest, ReportResult } from '../../contract/run.js';
import { REPORT_NAME, readRun } from '../../project/runStore.js';
import { reportPage } from '../../report/page.js';
import { recordedCandidate } from '../records/recordedCandidate.js';

/**
 * Writes a run's HTML page again, about the model that it wrote or about another candidate.
 * @throws LetheError as `recordedCandidate`; `output-exists`; for another candidate also as the job `candidate`, with explanations
 *   also as opening both models and the data.
 */
export async function report(request: ReportRequest, work: Work = {}): Promise<ReportResult> {
  const recorded = await recordedCandidate(request.run, request.candidate);
  const { run, candidate, isSaved } = recorded;
  throwIfAborted(work.signal);
  // Beside the run's own report, which stays that of the model that was written.
  const name = isSaved ? REPORT_NAME : `report-${candidate.id}.html`;
  const target = path.resolve(request.out ?? path.join(run.folder, name));

  const page = isSaved && !request.explanations ? reportPage(run.record) : await largerPage();
  throwIfAborted(work.signal);
  // A run that was deleted meanwhile must not come back as a folder without its record.
  if (path.dirname(target) === run.folder) await readRun(run.folder);
  const overwrite = request.out === undefined || request.force;
  await writeAtomically(target, (temporary) => writeFile(temporary, page), { overwrite });
  return { run: run.folder, report: target };

  async function largerPage(): Promise<string> {
    // What runs a model is loaded only for this.
    const { candidatePage } = await import('../explain/report/page.js');
    return candidatePage(recorded, request, work);
  }
}
