import type { TensorSource } from './build.js';
import { readPayload, type StoredTensor, type TensorTable } from './tensors.js';
import type { TensorEdit } from './weights.js';

/** Models up to this size keep their large tensors in memory, so that a candidate need not read them again. */
const CACHE_BYTES = 256 * 2 ** 20;

/** Reads tensors from the model's files; of a small model each only once. */
export function fileSource(table: TensorTable): TensorSource {
  let total = 0;
  for (const tensor of table.tensors.values()) total += tensor.inline ? 0 : (tensor.range?.length ?? 0);
  const cache = new Map<StoredTensor, Promise<Uint8Array>>();
  const bytes = (tensor: StoredTensor) => {
    const known = cache.get(tensor) ?? readPayload(tensor.range!);
    if (total <= CACHE_BYTES) cache.set(tensor, known);
    return known;
  };
  return { bytes, isEdited: () => false };
}

/** Puts a candidate's tensors in place of the original ones. */
export function editedSource(original: TensorSource, edits: readonly TensorEdit[]): TensorSource {
  const edited = new Map(edits.map((edit) => [edit.tensor, edit]));
  return {
    async bytes(tensor) {
      const edit = edited.get(tensor);
      return edit ? edit.bytes() : original.bytes(tensor);
    },
    isEdited: (tensor) => edited.has(tensor),
  };
}
