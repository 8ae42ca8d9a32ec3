import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, expect } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import type { Random } from '../../../src/base/random.js';

/** The reference files by Pillow and NumPy (see make.py there). */
export const references = fileURLToPath(new URL('./', import.meta.url));

/** A folder of its own for one test file, removed when its tests are done. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lethe-data-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The bytes of an IDX file around big-endian elements. */
export function idxBytes(type: number, dims: readonly number[], elements: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header[2] = type;
  header[3] = dims.length;
  for (const [axis, dim] of dims.entries()) header.writeUInt32BE(dim, 4 + 4 * axis);
  return Buffer.concat([header, elements]);
}

/** Writes a pair of IDX files and returns the source that names them. */
export async function writeIdxPair(folder: string, name: string, images: Uint8Array, labels: Uint8Array, gzip = false) {
  const source = { format: 'idx' as const, images: `${name}-images`, labels: `${name}-labels` };
  await writeFile(path.join(folder, source.images), gzip ? gzipSync(images) : images);
  await writeFile(path.join(folder, source.labels), gzip ? gzipSync(labels) : labels);
  return source;
}

/** The LetheError that a promise ends in; fails if it does not, or ends in anything else. */
export async function letheError(promise: Promise<unknown>): Promise<LetheError> {
  const outcome = await promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
  if (outcome instanceof LetheError) return outcome;
  throw new Error(`expected a LetheError, got ${outcome instanceof Error ? outcome.stack : String(outcome)}`);
}

/** Asserts code, file (its end), place and a part of the message of the error that a promise ends in. */
export async function expectError(
  promise: Promise<unknown>,
  expected: { code: string; file?: string; place?: string; message: string | RegExp; hint?: string },
): Promise<void> {
  const error = await letheError(promise);
  expect(error.code).toBe(expected.code);
  if (typeof expected.message === 'string') expect(error.message).toContain(expected.message);
  else expect(error.message).toMatch(expected.message);
  if (expected.file !== undefined) expect(path.basename(error.file ?? '')).toBe(expected.file);
  if (expected.place !== undefined) expect(error.place).toBe(expected.place);
  if (expected.hint !== undefined) expect(error.hint).toContain(expected.hint);
}

/** Damages bytes: flips a few bits, cuts the end off, or overwrites a few bytes near the beginning. */
export function mutate(original: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(original);
  const kind = random.below(3);
  if (kind === 0) return bytes.subarray(0, random.below(bytes.length));
  const span = kind === 1 ? bytes.length : Math.min(64, bytes.length);
  for (let changes = 1 + random.below(6); changes > 0; changes--) {
    bytes[random.below(span)] ^= kind === 1 ? 1 << random.below(8) : random.below(256);
  }
  return bytes;
}
