import type { Command } from 'commander';
import type { Work } from '../contract/progress.js';
import type { ModelRequest } from '../contract/terms.js';
import { prettyJson } from '../project/prettyJson.js';
import { integer } from './options.js';
import { ProgressView } from './progress.js';
import { Style } from './style.js';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Options of the commands that open a model. */
export interface ModelOptions extends CommonOptions {
  readonly config?: string;
  readonly allowOutside?: boolean;
  readonly threads?: number;
}

/** What a command may use of the process: where to print, and the signal that Ctrl-C sets off. */
export interface Process {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

export function commonOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on standard output (progress goes to standard error)')
    .option('--quiet', 'show no progress');
}

export function modelOptions(command: Command): Command {
  return commonOptions(command)
    .option('--config <file>', 'the lethe.json to use (default: the one beside the model)')
    .option('--allow-outside', 'let lethe.json name files outside of its own folder')
    .option('--threads <n>', 'threads for the forward passes (default: all cores but one)', integer('--threads', 1));
}

export function modelRequest(model: string, options: ModelOptions): ModelRequest {
  const { config, allowOutside, threads } = options;
  return { model, config, allowOutside, threads };
}

/** Runs a job with its progress shown, and prints its result: if asked for as JSON (`document`), else as `text` makes it. */
export async function showJob<T>(
  job: (work: Work) => Promise<T>,
  text: (result: T, style: Style) => string,
  options: CommonOptions,
  process: Process,
  document: (result: T) => unknown = (result) => result,
): Promise<T> {
  const view = options.quiet ? undefined : new ProgressView(process.stderr, new Style(process.stderr));
  let result: T;
  try {
    result = await job({ signal: process.signal, onProgress: view?.update });
  } finally {
    view?.close();
  }
  const printed = options.json ? prettyJson(document(result)) : text(result, new Style(process.stdout));
  process.stdout.write(`${printed}\n`);
  return result;
}
