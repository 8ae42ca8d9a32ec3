import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LetheError } from '../base/errors.js';
import { exists, fileError, writeFileAtomically } from '../base/files.js';
import { type CandidateId, candidateId } from '../contract/recipes.js';
import { type CandidateFacts, type CandidateRecord, candidateRecord } from '../contract/records.js';
import { parseRecord } from './parseRecord.js';
import { prettyJson } from './prettyJson.js';

const hint = 'The record was damaged or written by another version of Lethe; delete it to have it made anew.';

/**
 * @param run the id of the run that the folder is of.
 * @returns null if the candidate was never looked at. @throws LetheError `record-invalid`, `file-unreadable`.
 */
export async function readCandidate(folder: string, run: string, id: CandidateId): Promise<CandidateFacts | null> {
  const file = candidateFile(folder, id);
  if (!(await exists(file))) return null;
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  const { version: _, run: about, ...facts } = parseRecord(file, text, candidateRecord, hint);
  const named = [facts.candidate.id, candidateId(facts.candidate.recipe)];
  if (about === run && named.every((name) => name === id)) return facts;
  throw new LetheError('record-invalid', { message: 'is about another run or another candidate', file, hint });
}

/** Keeps a candidate in the folder of its run, in place of what is known of it there. @throws LetheError `disk-full`, `file-unwritable`. */
export async function writeCandidate(folder: string, run: string, facts: CandidateFacts): Promise<void> {
  const record: CandidateRecord = { version: 3, run, ...facts };
  await writeFileAtomically(candidateFile(folder, facts.candidate.id), `${prettyJson(record)}\n`);
}

function candidateFile(folder: string, id: CandidateId): string {
  return path.join(folder, 'candidates', `${id}.json`);
}
