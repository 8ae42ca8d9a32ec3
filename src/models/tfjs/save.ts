import path from 'node:path';
import { applyEdits, type Edit, findNodeAtLocation } from 'jsonc-parser';
import { listText } from '../../contract/text.js';
import type { SavedFiles, SaveOptions } from '../classifier.js';
import { type CopiedFile, type Patch, refuseChanged, savePatched } from '../patching.js';
import { jsonTree } from './json.js';
import { type ModelFiles, rangesOf, type StoredWeight } from './manifest.js';
import { type NewBytes, widenedShards } from './regroup.js';
import { type EditedWeight, encode, widens } from './tensors.js';

/**
 * Writes a copy of the model into the folder `target`: model.json and its shards under their own names, with new bytes for
 * the edited weights. Only a quantised weight changes more: it becomes float32, so its group's shards are cut anew and its
 * manifest entry loses the quantisation; all other tensors keep their bytes.
 * @throws LetheError as `savePatched`.
 */
export async function saveModel(
  files: ModelFiles,
  edits: readonly EditedWeight[],
  target: string,
  options: SaveOptions,
): Promise<SavedFiles> {
  const bytesOf = oneAtATime();
  const widened = edits.filter(({ weight }) => widens(weight));
  const copies: CopiedFile[] = [manifestCopy(files, widened)];
  const patches: Patch[] = [];
  for (const group of files.groups) {
    const edited = edits.filter(({ weight }) => weight.group === group);
    if (edited.some(({ weight }) => widens(weight))) {
      for (const { source } of group.shards) await refuseChanged(source);
      copies.push(...widenedShards(files, group, edited, bytesOf));
    } else {
      for (const { location, source } of group.shards) copies.push({ name: location, source });
      patches.push(...edited.flatMap((edit) => patchesFor(edit, bytesOf)));
    }
  }
  const written = await savePatched(target, { files: copies, patches, target: 'folder' }, options);
  return { path: written[0], files: written, notes: notesOn(widened.map(({ weight }) => weight)) };
}

/** Encodes a weight when its first shard is written and keeps it until the next weight's turn: one is in memory at a time. */
function oneAtATime(): NewBytes {
  let last: { edit: EditedWeight; bytes: Uint8Array } | undefined;
  return (edit) => {
    if (last?.edit !== edit) last = { edit, bytes: encode(edit.weight, edit.values()) };
    return last.bytes;
  };
}

/** The weight's new bytes, cut where its shards are. */
function patchesFor(edit: EditedWeight, bytesOf: NewBytes): Patch[] {
  let from = 0;
  return rangesOf(edit.weight).map((range) => {
    const start = from;
    from += range.length;
    return { ...range, content: () => bytesOf(edit).subarray(start, start + range.length) };
  });
}

/** model.json as it is, but for the entries of weights that are no longer quantised. */
function manifestCopy({ json, source }: ModelFiles, widened: readonly EditedWeight[]): CopiedFile {
  const name = path.basename(source.path);
  if (widened.length === 0) return { name, source };
  const root = jsonTree(json);
  const edits = widened.map(({ weight }): Edit => {
    const { quantization: _, ...entry } = weight.place.reduce<unknown>(
      (value, key) => (value as Record<string | number, unknown>)[key],
      json.value,
    ) as Record<string, unknown>;
    const node = root && findNodeAtLocation(root, [...weight.place]);
    if (!node) throw new RangeError(`${json.path} has no entry for "${weight.name}"`);
    return { offset: node.offset, length: node.length, content: JSON.stringify(entry) };
  });
  return { name, content: new TextEncoder().encode(applyEdits(json.text, edits)) };
}

/** One note for all that were stored alike: there may be hundreds. */
function notesOn(widened: readonly StoredWeight[]): string[] {
  const types = [...new Set(widened.map(({ quantization }) => quantization?.dtype))];
  return types.map((type) => {
    const names = widened.filter(({ quantization }) => quantization?.dtype === type).map(({ name }) => `"${name}"`);
    return names.length === 1
      ? `tensor ${names[0]} is stored as float32 in the copy; it was quantised to ${type}`
      : `${names.length} tensors are stored as float32 in the copy; they were quantised to ${type}: ${listText(names)}`;
  });
}
