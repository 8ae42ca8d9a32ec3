import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../../src/contract/findings.js';
import type { InspectResult, ModelSummary } from '../../../src/contract/models.js';
import type { RunSummary } from '../../../src/contract/run.js';
import type { ErrorReport } from '../../../src/contract/terms.js';
import type { Troubles } from './askEngine.js';

/**
 * What the engine wrote and said on Fashion-MNIST: `test/support/studio/makeRecords.ts` has it from the engine as it is shipped.
 * The runs that forgot Shirt (with every setting left alone) and then Bag (with other settings), another candidate of the first
 * run that was looked at, an evaluation of the model, and what jobs said of the model and the runs between one and the next.
 */
const FILES = {
  shirt: 'shirt.run.json',
  bag: 'bag.run.json',
  otherCandidate: 'shirt.candidate.json',
  evaluation: 'fashion.evaluation.json',
  answers: 'answers.json',
} as const;

export type GoldenName = keyof typeof FILES;

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
  /** Why a run failed whose only candidate does not forget. */
  readonly failure: ErrorReport;
  readonly troubles: Troubles;
}

/** The folder that the model lay in, as far as the answers tell. */
export const GOLDEN_HOME = '/home/ada/fashion';

const folder = fileURLToPath(new URL('../../fixtures/records', import.meta.url));

export function goldenFile(name: GoldenName): string {
  return path.join(folder, FILES[name]);
}

/** One of them as it lies on the disk. */
export function goldenText(name: GoldenName): string {
  return readFileSync(goldenFile(name), 'utf8');
}

/** What version 2 wrote of a run that forgot Shirt, and of a candidate of that run. */
export function olderText(name: 'run' | 'candidate'): string {
  return readFileSync(path.join(folder, `${name}-v2.json`), 'utf8');
}

export function goldenAnswers(): GoldenAnswers {
  return JSON.parse(goldenText('answers'));
}
