import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles what is to run in an extension host, a module that exports `run(): Promise<void>`, into one file; it lies where it
 * finds the packages that are not bundled.
 * @param entry from the root of the repository.
 * @returns the file's path.
 */
export async function bundleForHost(entry: string): Promise<string> {
  const outfile = path.join(root, '.cache', 'host', `${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.cjs`);
  await build({
    entryPoints: [path.join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha', 'onnxruntime-node', '@napi-rs/image'],
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    logOverride: { 'empty-import-meta': 'silent' },
    logLevel: 'warning',
  });
  return outfile;
}
