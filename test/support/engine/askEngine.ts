import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from '../../../src/contract/findings.js';
import type { RunJob } from '../../../src/contract/jobs.js';
import type { ModelSummary } from '../../../src/contract/models.js';
import type { ErrorReport } from '../../../src/contract/terms.js';
import { reportOf } from '../../../src/project/errorReport.js';

/** What is said of the example model where something about its files is wrong, missing, or not to be read. */
export interface Troubles {
  /** In a workspace that is not trusted. */
  readonly restricted: ModelSummary;
  /** Without a `lethe.json`. */
  readonly unset: ModelSummary;
  /** With one mistake in it, and with several. */
  readonly misspelt: ModelSummary;
  readonly misconfigured: ModelSummary;
  /** Of a file that was cut short: why its headers can't be read. */
  readonly cutShort: { readonly error: ErrorReport; readonly summary: ModelSummary };
}

/** Bytes that are left of a file that was cut short. */
const CUT = 200_000;

export async function summaryOf(run: RunJob, model: string): Promise<ModelSummary> {
  return (await run('describe', { models: [model] })).models[0];
}

export async function findingsAbout(run: RunJob, model: string): Promise<readonly Finding[]> {
  return (await run('diagnose', { models: [model] })).findings;
}

/** Makes one trouble after the other, and mends it again. @param model the example's, with its `lethe.json` beside it. */
export async function troublesOf(run: RunJob, model: string): Promise<Troubles> {
  const config = path.join(path.dirname(model), 'lethe.json');
  const text = await readFile(config, 'utf8');
  const misspelt = text.replace('"class": "Shirt"', '"class": "Shrit"');
  const wrong = text.replace('"channels": 1', '"channels": "one"').replace('"idx"', '"idz"');
  const start = (await readFile(model)).subarray(0, CUT);
  const described = () => summaryOf(run, model);
  return {
    restricted: (await run('describe', { models: [model], headersOnly: true })).models[0],
    unset: await instead(config, null, described),
    misspelt: await instead(config, misspelt, described),
    misconfigured: await instead(config, wrong, described),
    cutShort: await instead(model, start, async () => {
      const error = await errorOf(run('inspect', { model, headersOnly: true }));
      return { error, summary: await described() };
    }),
  };
}

/** The error that a job fails with. @throws Error if it does not. */
export function errorOf(job: Promise<unknown>): Promise<ErrorReport> {
  return job.then(() => {
    throw new Error('this was to fail');
  }, reportOf);
}

/** Does something while a file holds something else; null is no file. */
async function instead<T>(file: string, content: string | Uint8Array | null, act: () => Promise<T>): Promise<T> {
  const whole = await readFile(file);
  await (content === null ? rm(file) : writeFile(file, content));
  try {
    return await act();
  } finally {
    await writeFile(file, whole);
  }
}
