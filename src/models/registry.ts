import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { LetheError } from '../base/errors.js';
import { fileError } from '../base/files.js';
import { FORMAT_NAMES, FORMATS, type FormatName, isMainFileName } from '../contract/formats.js';
import type { Classifier, ModelFacts, ModelFormat, OpenOptions } from './classifier.js';

/**
 * The code of every model format: a folder here and a line below, its facts in `FORMATS`. It is loaded with its runtime only
 * when a file asks for it; the first that matches opens the file.
 */
const ADAPTERS: { readonly [Name in FormatName]: () => Promise<ModelFormat> } = {
  onnx: async () => (await import('./onnx/index.js')).format,
  'tfjs-layers': async () => (await import('./tfjs-layers/index.js')).format,
  'tfjs-graph': async () => (await import('./tfjs-graph/index.js')).format,
};

/** Where a model starts, and what reads it. */
export interface DetectedModel {
  /** The file to open: the path itself, or the main file of the folder it names. */
  readonly path: string;
  readonly format: ModelFormat;
}

/**
 * Finds the format of a model file, or of the model in a folder.
 * @throws LetheError `format-unknown` if no format knows it, `file-missing`, `file-unreadable`.
 */
export async function detectFormat(target: string): Promise<DetectedModel> {
  const file = await mainFile(target);
  for (const name of FORMAT_NAMES) {
    const format = await ADAPTERS[name]();
    if (await format.match(file)) return { path: file, format };
  }
  throw new LetheError('format-unknown', {
    message: 'is not a model file of a known format',
    file,
    hint: `Lethe opens: ${FORMAT_NAMES.map((name) => FORMATS[name].title).join(', ')}.`,
  });
}

/** Opens a model of any format. @throws LetheError as `detectFormat` and the format's own `open`. */
export async function openModel(target: string, options?: OpenOptions): Promise<Classifier> {
  const { path: file, format } = await detectFormat(target);
  return format.open(file, options);
}

/** Facts of a model of any format, from its headers. @throws LetheError as `detectFormat` and the format's own `inspect`. */
export async function inspectModel(target: string): Promise<ModelFacts> {
  const { path: file, format } = await detectFormat(target);
  return format.inspect(file);
}

async function mainFile(target: string): Promise<string> {
  let names: string[];
  try {
    if (!(await stat(target)).isDirectory()) return target;
    names = await readdir(target);
  } catch (error) {
    throw fileError(error, target);
  }
  const models = names.filter(isMainFileName);
  if (models.length === 1) return path.join(target, models[0]);
  throw new LetheError('format-unknown', {
    message: models.length === 0 ? 'is a folder without a model file' : `is a folder with ${models.length} model files`,
    file: target,
    hint:
      models.length === 0
        ? 'Name a model file, or a folder with a model.json.'
        : `Name one of them: ${models.join(', ')}.`,
  });
}
