import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** This file in the source tree, the bundle that it became part of elsewhere. */
const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);

/** The address of a page of `docs/`, where they were installed together with this program. */
export function docsPage(name: string): URL | null {
  for (let folder = path.dirname(here); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const page = path.join(folder, 'docs', name);
    if (existsSync(page)) return pathToFileURL(page);
    if (existsSync(path.join(folder, 'package.json'))) return null;
  }
  return null;
}
