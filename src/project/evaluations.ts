import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { LetheError } from '../base/errors.js';
import { fileError, writeFileAtomically } from '../base/files.js';
import { type EvaluationRecord, evaluationRecord } from '../contract/records.js';
import type { HashedFile } from '../contract/schema.js';
import { inLetheFolder, writeInLetheFolder } from './letheFolder.js';
import { parseRecord } from './parseRecord.js';
import { prettyJson } from './prettyJson.js';
import { recordPath } from './recordPath.js';
import { sameFiles } from './runStore.js';

/** A kept evaluation: its file, the folder that its paths count from, and what it says. */
export interface StoredEvaluation {
  readonly file: string;
  readonly home: string;
  readonly record: EvaluationRecord;
}

const FOLDER = 'evaluations';
/** Longest part of a file name that is the model's own. */
const LONGEST = 80;

/** The one file for a model: its path, made safe for every file system, and a digest that keeps similar paths apart. */
export function evaluationFile(home: string, model: string): string {
  const relative = recordPath(home, model);
  const plain = relative.replace(/[^A-Za-z0-9._-]+/g, '-').slice(-LONGEST);
  const digest = createHash('sha256').update(relative).digest('hex').slice(0, 8);
  return inLetheFolder(home, FOLDER, `${plain}-${digest}.json`);
}

/**
 * Keeps an evaluation in place of the model's last one, unless that says more of the same files: all samples instead of some,
 * or else the test split instead of the train split. Paths in `record` are absolute.
 * @returns whether it was kept. @throws LetheError `file-unwritable`, `disk-full`.
 */
export async function writeEvaluation(home: string, record: EvaluationRecord): Promise<boolean> {
  const file = evaluationFile(home, record.model.path);
  const earlier = await readEvaluation(home, file).catch(() => null);
  const isSame = earlier !== null && sameFiles(earlier.record.model.files, record.model.files);
  if (isSame && weight(earlier.record) > weight(record)) return false;
  const { path: model, files } = record.model;
  const relative: EvaluationRecord = {
    ...record,
    model: {
      path: recordPath(home, model),
      files: files.map((entry): HashedFile => ({ ...entry, path: recordPath(home, entry.path) })),
    },
  };
  await writeInLetheFolder(home, () => writeFileAtomically(file, `${prettyJson(relative)}\n`));
  return true;
}

/** How much an evaluation says. */
export function weight({ complete, split }: Pick<EvaluationRecord, 'complete' | 'split'>): number {
  return 2 * Number(complete) + Number(split === 'test');
}

/** All evaluations kept in some folders, oldest first, and what was wrong with those that can't be read. */
export async function listEvaluations(homes: readonly string[]): Promise<{
  readonly evaluations: StoredEvaluation[];
  readonly broken: LetheError[];
}> {
  const evaluations: StoredEvaluation[] = [];
  const broken: LetheError[] = [];
  for (const home of homes) {
    const folder = inLetheFolder(home, FOLDER);
    const names = await readdir(folder).catch(() => [] as string[]);
    for (const name of names.filter((entry) => entry.endsWith('.json') && !entry.startsWith('.'))) {
      try {
        evaluations.push(await readEvaluation(home, path.join(folder, name)));
      } catch (error) {
        if (!(error instanceof LetheError)) throw error;
        broken.push(error);
      }
    }
  }
  evaluations.sort((a, b) => (a.record.created < b.record.created ? -1 : 1));
  return { evaluations, broken };
}

async function readEvaluation(home: string, file: string): Promise<StoredEvaluation> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  const hint = 'The record was damaged or written by another version of Lethe; evaluate the model again.';
  return { file, home, record: parseRecord(file, text, evaluationRecord, hint) };
}
