// Bundles the command line into dist/: one file, with everything that is not needed for `--help` loaded when it is.
import { chmod, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await mkdir('dist');

await build({
  entryPoints: { lethe: 'src/cli/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
  // Native addons: found in node_modules at run time.
  external: ['onnxruntime-node', '@napi-rs/image'],
  // Its main file is UMD, which hides its parts from the bundler.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // Where it is used, `__filename` comes first.
  logOverride: { 'empty-import-meta': 'silent' },
  logLevel: 'warning',
});
await chmod('dist/lethe.cjs', 0o755);

// TensorFlow.js looks for its WebAssembly beside the bundle.
const wasm = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
for (const name of await readdir(wasm)) {
  if (name.endsWith('.wasm')) await copyFile(path.join(wasm, name), path.join('dist', name));
}
