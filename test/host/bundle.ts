import path from 'node:path';
import { build } from 'esbuild';
import { forNode } from '../../scripts/bundle/programs.js';
import { root } from '../../scripts/bundle/root.js';

/**
 * Bundles what is to run in an extension host, a module that exports `run(): Promise<void>`, into one file; it lies where it
 * finds the packages that are not bundled.
 * @param entry from the root of the repository.
 * @returns the file's path.
 */
export async function bundleForHost(entry: string): Promise<string> {
  const outfile = path.join(root, '.cache', 'host', `${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.cjs`);
  await build({
    ...forNode,
    entryPoints: [entry],
    outfile,
    sourcemap: 'inline',
    external: [...forNode.external, 'mocha'],
  });
  return outfile;
}
