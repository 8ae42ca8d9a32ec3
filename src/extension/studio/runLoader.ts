import type { Candidate } from '../../contract/candidates.js';
import type { RunJob } from '../../contract/jobs.js';
import type { Work } from '../../contract/progress.js';
import { type CandidateId, recipeText } from '../../contract/recipes.js';
import type { StudioRun } from '../../contract/run.js';
import { reportOf } from '../../project/errorReport.js';
import type { Log } from '../log.js';

/** What a loader needs of the editor and the engine. */
export interface LoaderPorts {
  readonly run: RunJob;
  readonly log: Pick<Log, 'error'>;
  /** Whether the `lethe.json` of the model at a path may name data outside of its own folder. */
  allowOutside(model: string): boolean;
  /** Does work that is mostly quick, and shows how far it is only where it is not; either the signal or the user cancels it. */
  withLateProgress<T>(title: string, signal: AbortSignal, work: (work: Work) => Promise<T>): Promise<T>;
}

/** What came of looking into a run's folder. */
export type Reading =
  | { readonly kind: 'run'; readonly run: StudioRun }
  /** Nobody has looked at the candidate yet. */
  | { readonly kind: 'unknown' }
  /** The record can't be read. */
  | { readonly kind: 'gone' }
  /** There was no engine that could have read it. */
  | { readonly kind: 'unasked' };

/** Gets recorded runs and their candidates from the engine. */
export class RunLoader {
  readonly #ports: LoaderPorts;

  constructor(ports: LoaderPorts) {
    this.#ports = ports;
  }

  /** What is recorded of a run, with the candidate that was saved or another one. Nothing is computed; never rejects. */
  async read(folder: string, candidate: CandidateId | undefined): Promise<Reading> {
    const { run, log } = this.#ports;
    try {
      const found = await run('showRun', { run: folder, candidate });
      return found ? { kind: 'run', run: found } : { kind: 'unknown' };
    } catch (error) {
      const { code } = reportOf(error);
      if (code === 'cancelled') return { kind: 'unasked' };
      log.error(`The run in ${folder} could not be shown`, error);
      return { kind: code.startsWith('engine-') ? 'unasked' : 'gone' };
    }
  }

  /**
   * A run with one of its candidates, which is computed where nothing is known of it.
   * @param source path of the model that the run was made from.
   * @throws LetheError as the jobs `showRun` and `candidate`.
   */
  async candidate(folder: string, source: string, { id, recipe }: Candidate, signal: AbortSignal): Promise<StudioRun> {
    const { run, allowOutside, withLateProgress } = this.#ports;
    const known = await run('showRun', { run: folder, candidate: id }, { signal });
    if (known) return known;
    const request = { run: folder, candidate: id, allowOutside: allowOutside(source) };
    const title = `Looking at the candidate with ${recipeText(recipe)}`;
    return withLateProgress(title, signal, (work) => run('candidate', request, work));
  }
}
