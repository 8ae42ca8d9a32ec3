import path from 'node:path';
import type { SavedFiles, SaveOptions } from '../classifier.js';
import { type Patch, savePatched } from '../patching.js';
import type { OnnxModel } from './model.js';
import type { TensorEdit } from './weights.js';

/**
 * Copies the model with these tensors in place: a file, or a folder if the model has external data files, which keep their
 * names. All keep the order and number type in which they are stored.
 */
export async function saveModel(
  model: OnnxModel,
  edits: readonly TensorEdit[],
  target: string,
  options: SaveOptions,
): Promise<SavedFiles> {
  const folder = path.dirname(model.path);
  const files = model.table.files.map((source) => ({ name: path.relative(folder, source.path), source }));
  const patches = edits.map(({ tensor, bytes }): Patch => ({ ...tensor.range!, content: bytes }));
  const kind = files.length === 1 ? 'file' : 'folder';
  const written = await savePatched(target, { files, patches, target: kind }, options);
  return { path: written[0], files: written, notes: [] };
}
