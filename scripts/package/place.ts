import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bundle/root.js';

/** Where the package for a target lies, and the folder that it is made of. */
export function placeOf(target = `${process.platform}-${process.arch}`): { vsix: string; stage: string } {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const build = path.join(root, 'build');
  return { vsix: path.join(build, `lethe-${target}-${version}.vsix`), stage: path.join(build, target) };
}
