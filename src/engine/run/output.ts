import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import { exists, existsAlready } from '../../base/files.js';
import type { Classifier } from '../../models/classifier.js';
import { type ModelHome, outputPath } from '../../project/home.js';

/** Where the new model goes: a file, or a folder for formats of several files. */
export interface Output {
  readonly target: string;
  readonly overwrite: boolean;
}

/**
 * Settles the output before the work begins.
 * @throws LetheError `output-exists` if something is there and may not be replaced: without `force`, or ever if it is the model
 *   itself or a folder with other files in it.
 */
export async function chooseOutput(
  classifier: Classifier,
  home: ModelHome,
  slug: string,
  request: { readonly out?: string; readonly force?: boolean },
): Promise<Output> {
  const asFolder = isFolder(classifier);
  const target = outputTarget(classifier, home, slug, request);
  if (!(await exists(target))) return { target, overwrite: false };
  if (!request.force) throw existsAlready(target);

  const real = await realpath(target);
  for (const file of classifier.files) {
    const source = await realpath(file);
    if (source === real || source.startsWith(real + path.sep)) {
      throw taken(target, 'holds the model that is being read, which is never replaced');
    }
  }
  const replacesFolder = (await stat(target)).isDirectory();
  const foreign = replacesFolder ? await foreignFiles(target, classifier) : [];
  if (replacesFolder !== asFolder || foreign.length > 0) {
    const what = !replacesFolder
      ? 'is a file'
      : foreign.length > 0
        ? `is a folder that holds ${foreign[0]}`
        : 'is a folder';
    throw taken(target, `${what}, which is not for Lethe to replace`);
  }
  return { target, overwrite: true };
}

/** The folder that the new model would go to, whatever it is called. */
export function outputFolder(classifier: Classifier, home: ModelHome, request: { readonly out?: string }): string {
  return path.dirname(outputTarget(classifier, home, '', request));
}

function outputTarget(
  classifier: Classifier,
  home: ModelHome,
  slug: string,
  { out }: { readonly out?: string },
): string {
  const asFolder = isFolder(classifier);
  const named = out && asFolder && path.basename(out) === path.basename(classifier.path) ? path.dirname(out) : out;
  return path.resolve(named ?? outputPath(home, classifier.path, slug, asFolder));
}

function isFolder({ files }: Classifier): boolean {
  return files.length > 1;
}

/** What a folder holds besides the files of such a model. */
async function foreignFiles(folder: string, classifier: Classifier): Promise<string[]> {
  const root = path.dirname(classifier.path);
  const own = new Set(['.']);
  for (const file of classifier.files) {
    for (let name = path.relative(root, file); !own.has(name); name = path.dirname(name)) own.add(name);
  }
  return (await readdir(folder, { recursive: true })).filter((name) => !own.has(name));
}

function taken(file: string, message: string): LetheError {
  return new LetheError('output-exists', { message, file, hint: 'Choose another output (--out).' });
}
