import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { type ErrorDetails, LetheError } from '../base/errors.js';
import { fileError } from '../base/files.js';

/**
 * The path of a file that a model file refers to by a relative location: it must lie in the model's folder or below, by its
 * name and after following links. A linked model (as in a download cache) may have its parts beside the real file.
 * @param model path of the file that refers
 * @param where in it, for the error
 * @throws LetheError `path-outside`; `weights-missing` if there is no such file.
 */
export async function locateInside(
  model: string,
  location: string,
  where: Pick<ErrorDetails, 'place' | 'at' | 'locations'>,
): Promise<string> {
  const folder = path.dirname(model);
  const target = path.resolve(folder, location);
  const outside = new LetheError('path-outside', {
    message: `refers to "${location}", which is outside the model's folder`,
    file: model,
    ...where,
    hint: 'Only open model files from sources you trust; put all parts of the model into one folder.',
  });
  const portable = location.replaceAll('\\', '/');
  if (location === '' || location.includes('\0') || path.isAbsolute(location) || path.win32.isAbsolute(location))
    throw outside;
  if (!isInside(path.resolve(folder), target) || portable.split('/').includes('..')) throw outside;
  let real: string;
  try {
    real = await realpath(target);
  } catch (error) {
    if (fileError(error, target).code !== 'file-missing') throw fileError(error, target);
    throw new LetheError('weights-missing', {
      message: `refers to "${location}", which does not exist`,
      file: model,
      ...where,
      hint: 'Copy the missing file beside the model.',
      cause: error,
    });
  }
  const homes = [await realpath(folder), path.dirname(await realpath(model))];
  if (!homes.some((home) => isInside(home, real))) throw outside;
  return path.join(folder, location);
}

function isInside(folder: string, target: string): boolean {
  const relative = path.relative(folder, target);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}
