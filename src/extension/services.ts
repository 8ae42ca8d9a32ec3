import type * as vscode from 'vscode';
import { Selection } from './classes/selection.js';
import { EngineService } from './engineService.js';
import { JobCenter } from './jobs/center.js';
import { UnfinishedRuns } from './jobs/unfinishedRuns.js';
import { createLog, type Log } from './log.js';
import { ModelStore } from './models/store.js';
import { RunStore } from './runs/store.js';
import { unfinishedRunsFolder } from './storage.js';

/** What commands and views share. Making them costs next to nothing: each begins its work when it is asked for it. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: Log;
  readonly engine: EngineService;
  readonly models: ModelStore;
  readonly runs: RunStore;
  readonly jobs: JobCenter;
  readonly selection: Selection;
}

export function createServices(context: vscode.ExtensionContext): Services {
  const log = createLog();
  const engine = new EngineService(context, log);
  const models = new ModelStore(engine, log);
  const runs = new RunStore(engine, models, log);
  const jobs = createJobs(context, engine, log);
  const selection = new Selection(models);
  context.subscriptions.push(log, engine, models, runs, jobs, selection);
  return { context, log, engine, models, runs, jobs, selection };
}

/** The jobs of a window, which finds what an earlier one has left. */
export function createJobs(context: vscode.ExtensionContext, engine: EngineService, log: Log): JobCenter {
  const unfinished = new UnfinishedRuns(unfinishedRunsFolder(context), (tried, error) => log.error(tried, error));
  return new JobCenter(engine, unfinished, log);
}
