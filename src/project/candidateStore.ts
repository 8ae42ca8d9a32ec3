import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { LetheError } from '../base/errors.js';
import { exists, fileError, writeFileAtomically } from '../base/files.js';
import type { Confusion } from '../contract/records.js';
import type { UnlearnResult } from '../contract/run.js';
import type { AlphaPair } from '../contract/terms.js';
import { isSamePair } from './alphaPair.js';
import { prettyJson } from './prettyJson.js';
import { parseRecord } from './recordSchema.js';
import { accuracies, classChange, confusion, finding, layerChange } from './runRecord.js';

/** What of a run's result depends on the pair of alphas: kept for each candidate that somebody looked at. */
export interface CandidateFacts
  extends Pick<UnlearnResult, 'alphaR' | 'alphaF' | 'after' | 'perClass' | 'layers' | 'policy'> {
  readonly confusionAfter: Confusion;
}

interface CandidateRecord extends CandidateFacts {
  readonly version: 1;
  /** The id of the run. */
  readonly run: string;
}

const schema: z.ZodType<CandidateRecord> = z.object({
  version: z.literal(1),
  run: z.string(),
  alphaR: z.number(),
  alphaF: z.number(),
  after: z.object(accuracies),
  perClass: z.array(classChange),
  confusionAfter: confusion,
  layers: z.array(layerChange),
  policy: z.array(finding),
});

const hint = 'The record was damaged or written by another version of Lethe; delete it to have it made anew.';

/**
 * @param run the id of the run that the folder is of.
 * @returns null if the candidate was never looked at. @throws LetheError `record-invalid`, `file-unreadable`.
 */
export async function readCandidate(folder: string, run: string, pair: AlphaPair): Promise<CandidateFacts | null> {
  const file = candidateFile(folder, pair);
  if (!(await exists(file))) return null;
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  const { version: _, run: about, ...facts } = parseRecord(file, text, schema, hint);
  if (about === run && isSamePair(facts, pair)) return facts;
  throw new LetheError('record-invalid', { message: 'is about another run or another candidate', file, hint });
}

/** Keeps a candidate in the folder of its run, in place of what is known of it there. @throws LetheError `disk-full`, `file-unwritable`. */
export async function writeCandidate(folder: string, run: string, facts: CandidateFacts): Promise<void> {
  const record: CandidateRecord = { version: 1, run, ...facts };
  await writeFileAtomically(candidateFile(folder, facts), `${prettyJson(record)}\n`);
}

function candidateFile(folder: string, { alphaR, alphaF }: AlphaPair): string {
  return path.join(folder, 'candidates', `${alphaR}-${alphaF}.json`);
}
