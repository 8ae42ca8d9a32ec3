import { rm } from 'node:fs/promises';
import path from 'node:path';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { writeAtomically } from '../../base/files.js';
import { inStep, type Work } from '../../contract/progress.js';
import type { RunRecord, RunResult } from '../../contract/records.js';
import type { HashedFile } from '../../contract/schema.js';
import type { WeightEdits } from '../../linalg/weightEdits.js';
import type { Classifier } from '../../models/classifier.js';
import { hashFiles } from '../../project/fileHash.js';
import { recordPath } from '../../project/recordPath.js';
import { newRunId, REPORT_NAME, writeRun } from '../../project/runStore.js';
import { reportPage } from '../../report/page.js';
import type { Output } from './output.js';

/** A run's record but for what is known only once the model is saved. */
export type Draft = Omit<RunRecord, 'id' | 'output' | 'result'>;

export interface Persisted {
  /** The file to open. */
  readonly output: string;
  readonly run: string;
  readonly report: string;
  /** Its paths are absolute. */
  readonly record: RunRecord;
}

/** A run that is done but for the writing. */
export interface Unsaved {
  readonly classifier: Classifier;
  readonly edits: WeightEdits;
  readonly output: Output;
  /** The folder whose `.lethe` keeps the record. */
  readonly home: string;
  readonly slug: string;
  readonly draft: Draft;
  /** What is recorded, told the notes of saving. */
  result(notes: readonly string[]): RunResult;
}

/**
 * Saves the new model together with its run record and report: all of them, or none. The model appears last. The record lies
 * in `.lethe` beside the source model, and beside the new one too if that is elsewhere, as both are looked up there.
 * @throws LetheError `disk-full`, `file-unwritable`, `cancelled`.
 */
export async function persist(run: Unsaved, work: Work): Promise<Persisted> {
  const { classifier, edits, output, home, slug, draft, result } = run;
  const written: string[] = [];
  let persisted: Persisted | undefined;
  try {
    await writeAtomically(
      output.target,
      async (temporary) => {
        const saved = await classifier.save(edits, temporary, work).catch((error) => {
          throw aboutTarget(error, temporary, output.target);
        });
        const final = (file: string) => path.resolve(output.target, path.relative(temporary, file));
        const files = await hashFiles(saved.files, inStep('save', work));
        const main = final(saved.path);
        const id = await newRunId(home, new Date(draft.created), slug);
        const record: RunRecord = {
          ...draft,
          id,
          output: { path: main, files: files.map((file) => ({ ...file, path: final(file.path) })) },
          result: result(saved.notes),
        };
        const homes = new Set([home, path.dirname(output.target)]);
        for (const folder of homes) {
          const there = relativeTo(folder, record);
          written.push(await writeRun(folder, there, { [REPORT_NAME]: reportPage(there) }));
        }
        throwIfAborted(work.signal);
        persisted = { output: main, run: written[0], report: path.join(written[0], REPORT_NAME), record };
      },
      { overwrite: output.overwrite },
    );
  } catch (error) {
    for (const folder of written) await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return persisted!;
}

/** The same error with the name that the user knows. */
function aboutTarget(error: unknown, temporary: string, target: string): unknown {
  if (!(error instanceof LetheError) || !error.file?.startsWith(temporary)) return error;
  const { code, what, place, hint } = error;
  const file = target + error.file.slice(temporary.length);
  return new LetheError(code, { message: what, file, place, hint, cause: error });
}

/** Paths as seen from the folder that holds the record, with forward slashes on every system. */
function relativeTo(folder: string, record: RunRecord): RunRecord {
  const short = (file: string) => recordPath(folder, file);
  const shorten = <T extends HashedFile>(file: T): T => ({ ...file, path: short(file.path) });
  return {
    ...record,
    source: { ...record.source, path: short(record.source.path), files: record.source.files.map(shorten) },
    output: { path: short(record.output.path), files: record.output.files.map(shorten) },
    config: record.config && shorten(record.config),
    data: record.data.map(shorten),
  };
}
