import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../../base/files.js';
import { throwIfAborted, type Work } from '../../base/work.js';
import { REPORT_NAME, readRun } from '../../project/runStore.js';
import type { ReportRequest, ReportResult } from '../../protocol.js';
import { reportPage } from '../../report/page.js';

/** Writes a run's HTML page again. @throws LetheError `file-missing`, `record-invalid`, `output-exists`. */
export async function report(request: ReportRequest, work: Work = {}): Promise<ReportResult> {
  const { folder, record } = await readRun(request.run);
  throwIfAborted(work.signal);
  const target = path.resolve(request.out ?? path.join(folder, REPORT_NAME));
  const overwrite = request.out === undefined || request.force;
  await writeAtomically(target, (temporary) => writeFile(temporary, reportPage(record)), { overwrite });
  return { run: path.resolve(folder), report: target };
}
