// Bundles everything that runs into dist/: each program one file, with what it does not need at once loaded when it does.
//
//   node esbuild.mjs [FOLDER [ACCOUNT]]     into another folder, with a JSON file that lists all that was bundled
import { chmod, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { buildWebview } from './scripts/webview.mjs';

const require = createRequire(import.meta.url);
const [folder = 'dist', account] = process.argv.slice(2);

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  // Where it is used, `__filename` comes first.
  logOverride: { 'empty-import-meta': 'silent' },
  logLevel: 'warning',
  metafile: true,
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // For breakpoints in the sources. A package that is accounted for goes without.
  sourcemap: account ? false : 'linked',
  // Native addons: found in node_modules at run time. `vscode` is what the editor gives its extensions.
  external: ['onnxruntime-node', '@napi-rs/image', 'vscode'],
  // Its main file is UMD, which hides its parts from the bundler.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const results = await Promise.all([
  build({ ...node, entryPoints: { lethe: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' } }),
  build({ ...node, entryPoints: { engine: 'src/engine/server/main.ts' } }),
  build({ ...node, entryPoints: { extension: 'src/extension/extension.ts' } }),
  buildWebview(path.join(folder, 'webview')),
]);
await chmod(path.join(folder, 'lethe.cjs'), 0o755);

// TensorFlow.js looks for its WebAssembly beside the bundle.
const wasm = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
for (const name of await readdir(wasm)) {
  if (name.endsWith('.wasm')) await copyFile(path.join(wasm, name), path.join(folder, name));
}

if (account) {
  const inputs = new Set(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
  await writeFile(account, JSON.stringify([...inputs].sort()));
}
