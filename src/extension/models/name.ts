import path from 'node:path';

/** A TensorFlow.js model is told by its folder: they are all called model.json. */
export function modelName(file: string): string {
  const name = path.basename(file);
  return name === 'model.json' ? path.basename(path.dirname(file)) : name;
}
