import { mainFileOf } from './formats.js';

/** The last part of a path of any system. */
export function baseName(path: string): string {
  return path.slice(path.search(/[^\\/]*$/));
}

/**
 * The path by which people tell a model: its file's, or its folder's where all models of the format are files of one name.
 * @param path of the model's main file, absolute or relative, of any system.
 */
export function modelPath(path: string): string {
  if (mainFileOf(baseName(path))?.calledBy !== 'folder') return path;
  const folder = path.slice(0, -baseName(path).length).replace(/[\\/]+$/, '');
  // A drive, and a folder that has no name here, tell nothing.
  return /(^|[\\/])\.{0,2}$|^[a-z]:$/i.test(folder) ? path : folder;
}

/** What a model is called in a sentence: `fashion.onnx`; `fashion` for `fashion/model.json`. */
export function modelName(path: string): string {
  return baseName(modelPath(path));
}
