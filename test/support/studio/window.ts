import { LetheError } from '../../../src/base/errors.js';
import type { JobName, RunJob } from '../../../src/contract/jobs.js';
import type { CandidateId } from '../../../src/contract/recipes.js';
import type { RunSummary, StudioRun } from '../../../src/contract/run.js';
import { Emitter } from '../../../src/extension/emitter.js';
import type { Unlearned } from '../../../src/extension/jobs/center.js';
import { Choices, type Memory } from '../../../src/extension/studio/choices.js';
import { ShownRuns } from '../../../src/extension/studio/shownRuns.js';
import { otherCandidate, secondRun, shownRun, twoRuns } from './recorded.js';

/** A job that the engine was asked for, and its ends. */
export interface Asked {
  readonly name: JobName;
  readonly request: { readonly run?: string; readonly candidate?: CandidateId };
  readonly signal: AbortSignal | undefined;
  answer(result: unknown): void;
  fail(error: unknown): void;
}

/** The runs that a window shows of the example model, which has two, and everything around them, in the hands of a test. */
export class StudioWindow {
  /** Jobs that the engine was asked for. */
  readonly asked: Asked[] = [];
  /** What is on the disk: runs by their folder, and candidates that somebody has looked at, by their ids. */
  readonly records = new Map<string, StudioRun>([
    [secondRun.folder!, secondRun],
    [shownRun.folder!, shownRun],
  ]);
  readonly known = new Map<CandidateId, StudioRun>();
  /** While it is set, the engine answers only when a test says so. */
  isSlow = false;
  list: () => Promise<readonly RunSummary[]> = async () => twoRuns;
  isTrusted = true;
  readonly unfinished = new Map<string, StudioRun>();
  /** What an earlier window has left. */
  readonly left = new Map<string, StudioRun>();
  readonly listed = new Emitter<void>();
  readonly unlearned = new Emitter<Unlearned>();
  readonly errors: string[] = [];
  readonly progress: string[] = [];
  readonly changed: string[] = [];
  readonly choices: Choices;
  readonly shown: ShownRuns;

  constructor(memory: Memory) {
    this.choices = new Choices(memory, (model) => `file://${model}`);
    this.shown = new ShownRuns(
      {
        run: ((name, request, work) => this.#run(name, request as Asked['request'], work?.signal)) as RunJob,
        log: { error: (tried) => void this.errors.push(tried) },
        allowOutside: (model) => model === twoRuns[0].source,
        withLateProgress: (title, signal, work) => {
          this.progress.push(title);
          return work({ signal });
        },
        jobs: {
          unfinished: (model) => this.unfinished.get(model),
          findUnfinished: async (model) => {
            const found = this.left.get(model);
            if (found) this.unfinished.set(model, found);
            return found !== undefined;
          },
          onDidUnlearn: this.unlearned.event,
        },
        runs: { all: () => this.list(), onDidChange: this.listed.event },
        choices: this.choices,
        isTrusted: () => this.isTrusted,
      },
      (model) => this.changed.push(model),
    );
  }

  /** Names of the jobs that were asked for. */
  get jobs(): readonly JobName[] {
    return this.asked.map(({ name }) => name);
  }

  #run(name: JobName, request: Asked['request'], signal?: AbortSignal): Promise<unknown> {
    return new Promise((answer, fail) => {
      const asked = { name, request, signal, answer, fail };
      this.asked.push(asked);
      if (!this.isSlow) this.answer(asked);
    });
  }

  /** Answers as an engine would. */
  answer({ name, request, answer, fail }: Asked): void {
    const record = this.records.get(request.run!);
    if (!record) {
      fail(new LetheError('file-missing', { message: 'there is no such run' }));
      return;
    }
    const { candidate = record.saved!.id } = request;
    if (name === 'candidate') this.known.set(candidate, otherCandidate);
    answer(candidate === record.saved!.id ? record : (this.known.get(candidate) ?? null));
  }
}

/** As `vscode.Memento` is. */
export function memory(): Memory {
  const values = new Map<string, unknown>();
  return {
    get: <T>(key: string, otherwise: T) => (values.has(key) ? (values.get(key) as T) : otherwise),
    update: async (key, value) => void values.set(key, structuredClone(value)),
  };
}

/** Lets everything happen that needs no time. */
export function settled(): Promise<unknown> {
  return new Promise((resolve) => setImmediate(resolve));
}
