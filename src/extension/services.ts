import type * as vscode from 'vscode';
import { EngineService } from './engineService.js';
import { JobCenter } from './jobs/center.js';
import { createLog, type Log } from './log.js';
import { ModelStore } from './models/store.js';
import { RunStore } from './runs/store.js';
import { Selection } from './selection.js';

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
  const jobs = new JobCenter(engine, log);
  const selection = new Selection();
  context.subscriptions.push(log, engine, models, runs, jobs, selection);
  return { context, log, engine, models, runs, jobs, selection };
}
