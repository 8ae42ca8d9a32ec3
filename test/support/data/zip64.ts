import { open } from 'node:fs/promises';

/** A stored member: its beginning, and its whole length (the rest reads as zeros). */
export interface SparseMember {
  readonly name: string;
  readonly head: Uint8Array;
  readonly length: number;
  /** Bytes at places further on. */
  readonly patches?: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

/** Writes a zip archive in its 64-bit form (PKWARE APPNOTE 4.3) whose members may be larger than the disk: holes take no space. */
export async function writeSparseZip(file: string, members: readonly SparseMember[]): Promise<void> {
  const handle = await open(file, 'w');
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, head, length, patches = [] } of members) {
    const local = Buffer.concat([
      fields('IHHHHHIIIHH', [0x04034b50, 45, 0, 0, 0, 0x21, 0, FULL, FULL, name.length, 20]),
      Buffer.from(name),
      sizes([length, length]),
    ]);
    const start = offset + local.length;
    await handle.write(local, 0, local.length, offset);
    await handle.write(head, 0, head.length, start);
    for (const patch of patches) await handle.write(patch.bytes, 0, patch.bytes.length, start + patch.offset);
    directory.push(
      fields('IHHHHHHIIIHHHHHII', [
        0x02014b50,
        45,
        45,
        0,
        0,
        0,
        0x21,
        0,
        FULL,
        FULL,
        name.length,
        28,
        0,
        0,
        0,
        0,
        FULL,
      ]),
      Buffer.from(name),
      sizes([length, length, offset]),
    );
    offset = start + length;
  }
  const entries = Buffer.concat(directory);
  const record = offset + entries.length;
  const count = members.length;
  const end = Buffer.concat([
    entries,
    fields('IQHHIIQQQQ', [0x06064b50, 44, 45, 45, 0, 0, count, count, entries.length, offset]),
    fields('IIQI', [0x07064b50, 0, record, 1]),
    fields('IHHHHIIH', [0x06054b50, 0, 0, count, count, FULL, FULL, 0]),
  ]);
  await handle.write(end, 0, end.length, offset);
  await handle.close();
}

/** A 32-bit field that says: see the 64-bit one. */
const FULL = 0xffffffff;

function sizes(values: readonly number[]): Buffer {
  return fields(`HH${'Q'.repeat(values.length)}`, [1, 8 * values.length, ...values]);
}

/** Little-endian fields of 2 (H), 4 (I) and 8 (Q) bytes. */
function fields(format: string, values: readonly number[]): Buffer {
  return Buffer.concat(
    [...format].map((kind, at) => {
      const field = Buffer.alloc(kind === 'H' ? 2 : kind === 'I' ? 4 : 8);
      if (kind === 'H') field.writeUInt16LE(values[at]);
      else if (kind === 'I') field.writeUInt32LE(values[at]);
      else field.writeBigUInt64LE(BigInt(values[at]));
      return field;
    }),
  );
}
