import type { LetheError } from '../../base/errors.js';
import type { ClassAccuracy, RunRecord } from '../../contract/records.js';
import type { HashedFile } from '../../contract/schema.js';
import type { SplitName } from '../../contract/terms.js';
import { listEvaluations, type StoredEvaluation, weight } from '../../project/evaluations.js';
import type { ModelHome } from '../../project/home.js';
import { fromRecordPath } from '../../project/recordPath.js';
import { listRuns, type StoredRun } from '../../project/runStore.js';

/** Accuracies that were measured on some content, by an evaluation, or before or after a run. */
export interface Measurement {
  readonly created: string;
  readonly split: SplitName;
  readonly complete: boolean;
  readonly samples: number;
  readonly accuracy: number;
  readonly perClass: readonly ClassAccuracy[];
}

/** A content that a record speaks of, and the path it had then. */
export interface Trace {
  readonly files: readonly HashedFile[];
  /** Absolute. */
  readonly path: string;
  readonly created: string;
  readonly role: 'evaluated' | 'source' | 'output';
  readonly run: StoredRun | null;
  readonly measured: Measurement;
}

/** What the records of some folders say. */
export interface FolderRecords {
  readonly traces: readonly Trace[];
  readonly broken: readonly LetheError[];
}

/** Reads the records of folders, each folder once. */
export class Records {
  readonly #folders = new Map<string, Promise<FolderRecords>>();

  /** What is kept where records of a model may lie. */
  async of({ records, folder }: ModelHome): Promise<FolderRecords> {
    const all = await Promise.all([...new Set([...records, folder])].map((home) => this.#read(home)));
    return { traces: all.flatMap(({ traces }) => traces), broken: all.flatMap(({ broken }) => broken) };
  }

  #read(home: string): Promise<FolderRecords> {
    const known = this.#folders.get(home) ?? read(home);
    this.#folders.set(home, known);
    return known;
  }
}

async function read(home: string): Promise<FolderRecords> {
  const [{ runs, broken }, { evaluations, broken: others }] = [await listRuns([home]), await listEvaluations([home])];
  return {
    traces: [...runs.flatMap(tracesOfRun), ...evaluations.map(traceOfEvaluation)],
    broken: [...broken, ...others],
  };
}

function tracesOfRun(run: StoredRun): Trace[] {
  const { home, record } = run;
  const { created, source, output } = record;
  const at = (role: 'source' | 'output', recorded: string, files: readonly HashedFile[], when: 'before' | 'after') => ({
    ...{ role, created, run, files },
    path: fromRecordPath(home, recorded),
    measured: measuredBy(record, when),
  });
  return [at('source', source.path, source.files, 'before'), at('output', output.path, output.files, 'after')];
}

/** A run's accuracies of its source (before) or its output (after). */
function measuredBy({ created, result }: RunRecord, when: 'before' | 'after'): Measurement {
  const { measuredOn, perClass } = result;
  const confusion = result.confusion[when];
  const right = confusion.reduce((sum, row, at) => sum + row[at], 0);
  const all = confusion.flat().reduce((sum, count) => sum + count, 0);
  return {
    created,
    split: measuredOn.split,
    complete: !measuredOn.heldOut,
    samples: measuredOn.samples,
    accuracy: all === 0 ? 0 : right / all,
    perClass: perClass.map((entry) => ({
      class: entry.class,
      index: entry.index,
      accuracy: entry[when],
      count: entry.count,
    })),
  };
}

function traceOfEvaluation({ home, record }: StoredEvaluation): Trace {
  const { created, split, complete, samples, accuracy, perClass, model } = record;
  const measured = { created, split, complete, samples, accuracy, perClass };
  return {
    files: model.files,
    path: fromRecordPath(home, model.path),
    created,
    role: 'evaluated',
    run: null,
    measured,
  };
}

/** The measurement that says most, the latest among equals. */
export function best(measurements: readonly Measurement[]): Measurement | null {
  const rank = (a: Measurement, b: Measurement) => weight(a) - weight(b) || (a.created < b.created ? -1 : 1);
  return [...measurements].sort(rank).at(-1) ?? null;
}
