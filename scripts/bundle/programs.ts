import { chmod, copyFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './root.js';

/** How all that Node or the editor runs is bundled: one CommonJS file, with its native packages outside. */
export const forNode = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Native addons: found in node_modules at run time. `vscode` is what the editor gives its extensions.
  external: ['onnxruntime-node', '@napi-rs/image', 'vscode'],
  // Its main file is UMD, which hides its parts from the bundler.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // Where it is used, `__filename` comes first.
  logOverride: { 'empty-import-meta': 'silent' },
  logLevel: 'warning',
} satisfies esbuild.BuildOptions;

/**
 * Bundles the command line, the engine and the extension: each one file, with what it does not need at once loaded when it does.
 * @returns the files that were bundled.
 */
export async function buildPrograms(folder: string): Promise<string[]> {
  const bundled = await Promise.all([
    bundle({ lethe: 'src/cli/main.ts' }, folder, '#!/usr/bin/env node'),
    bundle({ engine: 'src/engine/server/main.ts' }, folder),
    bundle({ extension: 'src/extension/extension.ts' }, folder),
  ]);
  await chmod(path.join(folder, 'lethe.cjs'), 0o755);

  // TensorFlow.js looks for its WebAssembly beside the bundle.
  const wasm = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  for (const name of await readdir(wasm)) {
    if (name.endsWith('.wasm')) await copyFile(path.join(wasm, name), path.join(folder, name));
  }
  return bundled.flat();
}

async function bundle(entryPoints: Record<string, string>, folder: string, firstLine = ''): Promise<string[]> {
  const { metafile } = await esbuild.build({
    ...forNode,
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    banner: { js: firstLine },
    // For breakpoints in the sources.
    sourcemap: 'linked',
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}
