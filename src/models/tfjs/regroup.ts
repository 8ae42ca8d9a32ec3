import { readRange, withFile } from '../../base/files.js';
import type { CopiedFile } from '../patching.js';
import type { ModelFiles, Shard, WeightGroup } from './manifest.js';
import { type EditedWeight, newLength } from './tensors.js';

/** The new bytes of edited weights. */
export type NewBytes = (edit: EditedWeight) => Uint8Array;

/** A run of a group's new bytes: taken from the old ones, or new values. */
interface Piece {
  readonly start: number;
  readonly length: number;
  readonly bytes: (from: number, to: number) => Promise<Uint8Array>;
}

/**
 * The shards of a group in which quantised weights become float32: as many files under the same names, cut evenly. (Even
 * sizes because TensorFlow.js 4 misreads a group whose last shard is larger than all others of equal size.)
 */
export function widenedShards(
  files: ModelFiles,
  group: WeightGroup,
  edits: readonly EditedWeight[],
  bytesOf: NewBytes,
): CopiedFile[] {
  const pieces = newPieces(files, group, edits, bytesOf);
  const last = pieces[pieces.length - 1];
  const total = last.start + last.length;
  const size = Math.ceil(total / group.shards.length);
  return group.shards.map(({ location }, i) => {
    const from = Math.min(total, i * size);
    const to = Math.min(total, from + size);
    return { name: location, bytes: to - from, content: () => assemble(pieces, from, to) };
  });
}

function newPieces(files: ModelFiles, group: WeightGroup, edits: readonly EditedWeight[], bytesOf: NewBytes): Piece[] {
  const editOf = new Map(edits.map((edit) => [edit.weight.name, edit]));
  const pieces: Piece[] = [];
  let start = 0;
  for (const weight of files.weights.values()) {
    if (weight.group !== group) continue;
    const edit = editOf.get(weight.name);
    if (edit) {
      const length = newLength(weight);
      pieces.push({ start, length, bytes: async (from, to) => bytesOf(edit).subarray(from, to) });
      start += length;
    } else {
      const { offset, bytes } = weight;
      pieces.push({ start, length: bytes, bytes: (from, to) => readGroup(group.shards, offset + from, offset + to) });
      start += bytes;
    }
  }
  return pieces;
}

async function assemble(pieces: readonly Piece[], from: number, to: number): Promise<Uint8Array> {
  const content = new Uint8Array(to - from);
  for (const { start, length, bytes } of pieces) {
    const first = Math.max(from, start);
    const end = Math.min(to, start + length);
    if (first < end) content.set(await bytes(first - start, end - start), first - from);
  }
  return content;
}

/** Bytes of a group by their distance from its start. */
async function readGroup(shards: readonly Shard[], from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from);
  for (const { source, start } of shards) {
    const first = Math.max(from, start);
    const end = Math.min(to, start + source.bytes);
    if (first >= end) continue;
    const range = { file: source.path, offset: first - start, length: end - first };
    bytes.set(await withFile(source.path, (handle) => readRange(handle, range)), first - from);
  }
  return bytes;
}
