import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LetheError } from '../../base/errors.js';

type Core = typeof import('@tensorflow/tfjs-core');
type Layers = typeof import('@tensorflow/tfjs-layers');
type Converter = typeof import('@tensorflow/tfjs-converter');

/** TensorFlow.js with a backend that is ready. Its three packages as one, as `@tensorflow/tfjs` exports them. */
export type Tf = Omit<Core, keyof Converter> & Layers & Converter;

let loaded: Promise<Tf> | undefined;

/**
 * Loads TensorFlow.js when it is first needed: on native TensorFlow if `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`
 * is installed, else on WebAssembly (SIMD, one thread).
 * @throws LetheError `internal` if neither starts.
 */
export function loadBackend(): Promise<Tf> {
  loaded ??= loadNative().then((native) => native ?? loadWasm());
  return loaded;
}

/** This file in the source tree and in `node_modules`, the bundle that it became part of elsewhere. */
const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
const requireFrom = createRequire(here);

async function loadNative(): Promise<Tf | null> {
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      requireFrom.resolve(name);
    } catch {
      continue;
    }
    try {
      restoreUtil();
      process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
      const tf = requireFrom(name) as Tf;
      tf.enableProdMode();
      await tf.ready();
      return tf;
    } catch {
      // Installed but not for this machine (no CUDA, another Node): the next one will do.
    }
  }
  return null;
}

/** tfjs-node 4.22 still calls two functions that Node 23 removed. */
function restoreUtil(): void {
  const util = requireFrom('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

async function loadWasm(): Promise<Tf> {
  const core = await import('@tensorflow/tfjs-core');
  // Before the others load: production mode is what keeps them from printing banners.
  core.enableProdMode();
  const [layers, converter, wasm] = await Promise.all([
    import('@tensorflow/tfjs-layers'),
    import('@tensorflow/tfjs-converter'),
    import('@tensorflow/tfjs-backend-wasm'),
  ]);
  wasm.setWasmPaths(wasmFolder());
  const started = await withoutListeners(() => core.setBackend('wasm').catch(() => false));
  if (!started) {
    throw new LetheError('internal', {
      message: 'the WebAssembly backend of TensorFlow.js does not start',
      hint: 'Reinstall Lethe, or install @tensorflow/tfjs-node beside it.',
    });
  }
  return { ...core, ...layers, ...converter };
}

/**
 * Runs `start` and takes away what it hung on the process: the wasm module rethrows every uncaught error and rejection from
 * its one line of half a megabyte, which Node then prints.
 */
async function withoutListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => process.listeners(event as NodeJS.Signals));
  const result = await start();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as NodeJS.Signals)) {
      if (!before[i].includes(listener)) process.off(event, listener);
    }
  });
  return result;
}

/** The folder of the .wasm files, with a separator at its end: beside the bundle, or in the package. */
function wasmFolder(): string {
  const beside = path.dirname(here);
  const folder = existsSync(path.join(beside, 'tfjs-backend-wasm-simd.wasm'))
    ? beside
    : path.dirname(requireFrom.resolve('@tensorflow/tfjs-backend-wasm'));
  return folder + path.sep;
}
