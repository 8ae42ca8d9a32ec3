import { copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './root.js';

/**
 * Bundles the webviews' front ends, with the icons they use: into `webview` of the folder.
 * @returns the files that were bundled.
 */
export async function buildWebview(folder: string): Promise<string[]> {
  const outdir = path.join(folder, 'webview');
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { studio: 'webview/studio/main.ts', setup: 'webview/setup/main.ts' },
    outdir,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    logLevel: 'warning',
  });
  const icons = path.dirname(createRequire(import.meta.url).resolve('@vscode/codicons/dist/codicon.css'));
  for (const name of ['codicon.css', 'codicon.ttf']) await copyFile(path.join(icons, name), path.join(outdir, name));
  return Object.keys(metafile.inputs);
}
