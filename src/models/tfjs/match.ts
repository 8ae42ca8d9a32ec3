import path from 'node:path';
import { visit } from 'jsonc-parser';
import { readRange, withFile } from '../../base/files.js';

/** Every writer puts `format` or the topology's own first keys within the first lines. */
const HEAD_BYTES = 64 * 1024;

export type ModelKind = 'layers' | 'graph';

/**
 * Tells a layers model from a graph model from any other file, by its name and its first 64 KiB.
 * @returns null if it is neither, or can't be read.
 */
export async function modelKind(file: string): Promise<ModelKind | null> {
  if (path.extname(file).toLowerCase() !== '.json') return null;
  try {
    const head = await withFile(file, (handle, bytes) =>
      readRange(handle, { file, offset: 0, length: Math.min(bytes, HEAD_BYTES) }),
    );
    return kindOf(new TextDecoder().decode(head));
  } catch {
    return null;
  }
}

/** Older writers leave out `format`: then a layers topology has a class or a model_config, a graph its nodes. */
const SIGNS: Record<string, ModelKind> = {
  node: 'graph',
  versions: 'graph',
  model_config: 'layers',
  class_name: 'layers',
  className: 'layers',
  keras_version: 'layers',
};

/** Visits what there is of the beginning of a JSON text; that it stops in the middle does no harm. */
function kindOf(head: string): ModelKind | null {
  let byFormat: ModelKind | null = null;
  let byTopology: ModelKind | null = null;
  visit(head, {
    onLiteralValue: (value, _offset, _length, _line, _column, path) => {
      if (value === 'layers-model' && path().join() === 'format') byFormat = 'layers';
      if (value === 'graph-model' && path().join() === 'format') byFormat = 'graph';
    },
    onObjectProperty: (key, _offset, _length, _line, _column, path) => {
      if (SIGNS[key] && path().join() === 'modelTopology') byTopology ??= SIGNS[key];
    },
  });
  return byFormat ?? byTopology;
}
