import type { AlphaPair } from '../../src/contract/terms.js';

/** `α retain 30, α forget 10`. */
export function pairText({ alphaR, alphaF }: AlphaPair): string {
  return `α retain ${alphaR}, α forget ${alphaF}`;
}

/** The last part of a path of any system. */
export function baseName(file: string): string {
  return file.split(/[\\/]/).pop() ?? file;
}

/** A TensorFlow.js model is told by its folder: they are all called model.json. */
export function modelName(file: string): string {
  return baseName(file.replace(/[\\/]model\.json$/, ''));
}
