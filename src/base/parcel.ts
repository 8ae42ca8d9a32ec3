import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** A value on its way to another process: as it is, or in a file of the system's folder for temporary files. */
export type Parcel = { readonly value: unknown } | { readonly file: string };

/** Messages above this hold up both processes: 64 MB take 0.7 s through the channel. */
const LARGEST_MESSAGE = 4 * 2 ** 20;

/** Packs plain data, typed arrays included. @throws DataCloneError for what is no data, such as a function. */
export async function pack(value: unknown): Promise<Parcel> {
  const bytes = serialize(value);
  if (bytes.length <= LARGEST_MESSAGE) return { value };
  const file = path.join(tmpdir(), `lethe-result-${randomUUID()}.bin`);
  await writeFile(file, bytes, { mode: 0o600, flag: 'wx' });
  return { file };
}

/** The value of a parcel; its file is removed. */
export async function unpack(parcel: Parcel): Promise<unknown> {
  if ('value' in parcel) return parcel.value;
  try {
    return deserialize(await readFile(parcel.file));
  } finally {
    await rm(parcel.file, { force: true });
  }
}
