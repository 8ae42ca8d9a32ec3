// Bundles the webviews' front ends, with the icons they use.
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} folder where `studio.js`, `studio.css` and the icon font go.
 * @returns esbuild's result, with its metafile.
 */
export async function buildWebview(folder) {
  await mkdir(folder, { recursive: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: { studio: 'webview/studio/main.ts', setup: 'webview/setup/main.ts' },
    outdir: folder,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    logLevel: 'warning',
  });
  const icons = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@vscode/codicons/package.json')),
    'dist',
  );
  for (const name of ['codicon.css', 'codicon.ttf']) await copyFile(path.join(icons, name), path.join(folder, name));
  return result;
}
