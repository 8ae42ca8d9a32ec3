import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LetheError } from '../base/errors.js';
import { exists, fileError, writeAtomically } from '../base/files.js';
import { type RunRecord, runRecord } from '../contract/records.js';
import type { HashedFile } from '../contract/schema.js';
import { inLetheFolder, writeInLetheFolder } from './letheFolder.js';
import { parseRecord } from './parseRecord.js';
import { prettyJson } from './prettyJson.js';

const RECORD_NAME = 'run.json';
export const REPORT_NAME = 'report.html';

const HINT = 'The record was damaged or written by another version of Lethe; repeat the run to have a new one.';

/** A run's folder, the folder that the paths of its record count from (the one that holds `.lethe`), and the record. */
export interface StoredRun {
  readonly folder: string;
  readonly home: string;
  readonly record: RunRecord;
}

/** A name for a run that sorts by time and is free in `home`: `20260131T094500Z-shirt`. */
export async function newRunId(home: string, created: Date, slug: string): Promise<string> {
  const time = created.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
  const id = `${time}-${slug}`;
  for (let copy = 1; ; copy++) {
    const free = copy === 1 ? id : `${id}-${copy}`;
    if (!(await exists(runFolder(home, free)))) return free;
  }
}

function runFolder(home: string, id: string): string {
  return inLetheFolder(home, 'runs', id);
}

/**
 * Writes a run's folder with its record and further files (name to content); it appears when complete.
 * @returns the folder. @throws LetheError `disk-full`, `file-unwritable`.
 */
export async function writeRun(home: string, record: RunRecord, files: Record<string, string>): Promise<string> {
  const folder = runFolder(home, record.id);
  const write = async (temporary: string) => {
    await mkdir(temporary);
    const contents = { [RECORD_NAME]: `${prettyJson(record)}\n`, ...files };
    for (const [name, content] of Object.entries(contents)) await writeFile(path.join(temporary, name), content);
  };
  await writeInLetheFolder(home, () => writeAtomically(folder, write));
  return folder;
}

/** Reads one run, given its folder or its `run.json`. @throws LetheError `file-missing`, `record-invalid`. */
export async function readRun(target: string): Promise<StoredRun> {
  const isFolder = await stat(target).then(
    (facts) => facts.isDirectory(),
    (error) => {
      throw fileError(error, target);
    },
  );
  const file = isFolder ? path.join(target, RECORD_NAME) : target;
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  const folder = path.dirname(path.resolve(file));
  return { folder, home: path.resolve(folder, '..', '..', '..'), record: parseRecord(file, text, runRecord, HINT) };
}

/** All runs kept in some folders, oldest first, and what was wrong with those that can't be read. */
export async function listRuns(homes: readonly string[]): Promise<{ runs: StoredRun[]; broken: LetheError[] }> {
  const runs: StoredRun[] = [];
  const broken: LetheError[] = [];
  for (const root of homes.map((home) => inLetheFolder(home, 'runs'))) {
    const names = await readdir(root).catch(() => [] as string[]);
    for (const name of names.filter((entry) => !entry.startsWith('.'))) {
      try {
        runs.push(await readRun(path.join(root, name)));
      } catch (error) {
        if (!(error instanceof LetheError)) throw error;
        broken.push(error);
      }
    }
  }
  runs.sort((a, b) => (a.record.created < b.record.created ? -1 : 1));
  return { runs, broken };
}

/** Whether two lists are the same contents, under whatever names. */
export function sameFiles(a: readonly HashedFile[], b: readonly HashedFile[]): boolean {
  const digest = (files: readonly HashedFile[]) =>
    files
      .map((file) => file.sha256)
      .sort()
      .join();
  return digest(a) === digest(b);
}
