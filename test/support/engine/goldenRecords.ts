import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../../src/contract/findings.js';
import type { InspectResult, ModelSummary } from '../../../src/contract/models.js';
import type { RunSummary } from '../../../src/contract/run.js';
import type { ErrorReport } from '../../../src/contract/terms.js';

/**
 * What the engine wrote and said on Fashion-MNIST, as `test/support/studio/makeRecords.ts` has it from the engine as it is
 * shipped: the runs that forgot Shirt (with every setting left alone) and Bag (with other settings), another candidate of the
 * first that was looked at, and an evaluation of the model.
 */
export const RECORDS = {
  shirt: 'shirt.run.json',
  bag: 'bag.run.json',
  otherCandidate: 'shirt.candidate.json',
  evaluation: 'fashion.evaluation.json',
} as const;

/** What jobs said of the model and of the runs, between one and the next. */
export interface GoldenAnswers {
  /** The model's headers. */
  readonly inspect: InspectResult;
  /** The model that was never evaluated, was evaluated, and was superseded by the run that forgot Shirt; and what that wrote. */
  readonly fresh: ModelSummary;
  readonly evaluated: ModelSummary;
  readonly superseded: ModelSummary;
  readonly verified: ModelSummary;
  /** What was found about the model when it was evaluated, and when it was superseded. */
  readonly violations: readonly Finding[];
  readonly successors: readonly Finding[];
  /** Both runs, newest first. */
  readonly runs: readonly RunSummary[];
  /** Of a run whose only candidate does not forget. */
  readonly failure: ErrorReport;
  /** What is said of the model in a workspace that is not trusted, without a `lethe.json`, with one or two mistakes in it, and of a file that was cut short. */
  readonly troubles: {
    readonly restricted: ModelSummary;
    readonly unset: ModelSummary;
    readonly misspelt: ModelSummary;
    readonly misconfigured: ModelSummary;
    readonly cutShort: { readonly error: ErrorReport; readonly summary: ModelSummary };
  };
}

const ANSWERS = 'answers.json';

/** The folder that the model lay in, as far as the answers tell. */
export const GOLDEN_HOME = '/home/ada/fashion';

const folder = fileURLToPath(new URL('../../fixtures/records', import.meta.url));

export function goldenFile(name: keyof typeof RECORDS | 'answers'): string {
  return path.join(folder, name === 'answers' ? ANSWERS : RECORDS[name]);
}

/** The text of one of them, as it lies on the disk. */
export function goldenText(name: keyof typeof RECORDS | 'answers'): string {
  return readFileSync(goldenFile(name), 'utf8');
}

export function goldenAnswers(): GoldenAnswers {
  return JSON.parse(goldenText('answers'));
}
