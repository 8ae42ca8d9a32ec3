import { LetheError } from '../../base/errors.js';
import { FOCUS_SAMPLES } from '../../contract/explain.js';
import type { RunJob } from '../../contract/jobs.js';
import type { Work } from '../../contract/progress.js';
import type { CandidateId } from '../../contract/recipes.js';
import type { ToStudio } from '../../contract/studio.js';
import type { ErrorReport } from '../../contract/terms.js';
import { reportOf } from '../../project/errorReport.js';
import { type Question, questionOf } from './questionShape.js';

/** What the answers are about. */
export interface Explained {
  /** Path of the model as it is: the source of the run, where there is one. */
  readonly model: string;
  /** Folder of the run. */
  readonly run?: string;
  /** The candidate of the run, undefined for the one that was saved. */
  readonly candidate?: CandidateId;
  readonly allowOutside: boolean;
}

/** Pictures of a class, and pixels of a picture's longer side. */
const THUMBNAILS = { perClass: 3, size: 48 };

/** The questions of one tab, answered by jobs of the engine in their turn. */
export class Questions {
  readonly #run: RunJob;
  readonly #explained: () => Promise<Explained>;
  readonly #send: (message: ToStudio) => void;
  readonly #pending = new Map<number, AbortController>();

  /**
   * @param explained what is shown when a question comes; throws a LetheError where nothing can be explained.
   * @param send gets the answers.
   */
  constructor(run: RunJob, explained: () => Promise<Explained>, send: (message: ToStudio) => void) {
    this.#run = run;
    this.#explained = explained;
    this.#send = send;
  }

  /** Answers a question, if it is one; never rejects. Another one of the same number is not waited for any more. */
  async ask(id: unknown, name: unknown, question: unknown): Promise<void> {
    if (typeof id !== 'number') return;
    this.drop(id);
    const asked = questionOf(name, question);
    if (!asked) {
      const message = `This is no question: ${String(name)} ${JSON.stringify(question)?.slice(0, 200)}`;
      this.#refuse(id, { code: 'usage', message });
      return;
    }
    const controller = new AbortController();
    this.#pending.set(id, controller);
    const isWanted = () => this.#pending.get(id) === controller;
    const work = {
      signal: controller.signal,
      onPart: (part: unknown) => {
        if (isWanted()) this.#send({ kind: 'answer', id, answer: part, isFinal: false });
      },
    };
    try {
      const answer = await this.#answer(asked, await this.#explained(), work);
      if (isWanted()) this.#send({ kind: 'answer', id, answer, isFinal: true });
    } catch (error) {
      if (isWanted()) this.#refuse(id, reportOf(error));
    } finally {
      if (isWanted()) this.#pending.delete(id);
    }
  }

  /** Nobody waits for the answer any more. */
  drop(id: number): void {
    const controller = this.#pending.get(id);
    this.#pending.delete(id);
    controller?.abort();
  }

  dropAll(): void {
    for (const id of [...this.#pending.keys()]) this.drop(id);
  }

  #refuse(id: number, error: ErrorReport): void {
    this.#send({ kind: 'noAnswer', id, error });
  }

  #answer(asked: Question, { run, candidate, ...model }: Explained, work: Work): Promise<unknown> {
    switch (asked.name) {
      case 'thumbnails':
        return this.#run('thumbnails', { ...model, ...asked.question, ...THUMBNAILS }, work);
      case 'saliency':
        return this.#run('saliency', { ...model, run, candidate, ...asked.question }, work);
      case 'boundary':
        return this.#run('boundary', { ...model, run, candidate, ...asked.question }, work);
      case 'focus':
        if (run === undefined) return Promise.reject(noRun());
        return this.#run('focus', { ...model, run, candidate, ...asked.question, samples: FOCUS_SAMPLES }, work);
    }
  }
}

function noRun(): LetheError {
  return new LetheError('usage', {
    message: 'nothing was forgotten yet, so there is nothing to compare',
    hint: 'Unlearn a class first.',
  });
}
