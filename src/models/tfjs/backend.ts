import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { LetheError } from '../../base/errors.js';
import { startWasm, takeComplaints } from './wasm.js';

type Core = typeof import('@tensorflow/tfjs-core');
type Layers = typeof import('@tensorflow/tfjs-layers');
type Converter = typeof import('@tensorflow/tfjs-converter');

/** TensorFlow.js: its three packages as one, as `@tensorflow/tfjs` exports them. */
export type Tf = Omit<Core, keyof Converter> & Layers & Converter;

/** This file in the source tree and in `node_modules`, the bundle that it became part of elsewhere. */
const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
const requireFrom = createRequire(here);

/** What happens when the WebAssembly module refuses an operation or traps; see `Backend.run`. */
export class RuntimeFailure extends Error {}

/** TensorFlow.js on a backend that is ready. */
export class Backend {
  readonly tf: Tf;
  #failed = false;

  constructor(tf: Tf) {
    this.tf = tf;
  }

  /** Whether the runtime has failed: its memory cannot be trusted, and nothing in it can be used or freed any more. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * Runs synchronous work on the backend. If the WebAssembly module refuses an operation or traps, as it does on absurd
   * sizes, the next `loadBackend` starts a new one; models that were open must be opened again.
   * @throws RuntimeFailure with what the module said; LetheError `internal` if it had failed before.
   */
  run<T>(work: () => T): T {
    if (this.#failed) {
      throw new LetheError('internal', {
        message: 'the TensorFlow.js runtime was restarted after another model had broken it',
        hint: 'Open the model again.',
      });
    }
    try {
      const result = work();
      const [complaint] = takeComplaints();
      if (complaint === undefined) return result;
      throw this.#failure(complaint);
    } catch (error) {
      // Traps: the class is not in every realm the same.
      if ((error as Error)?.name !== 'RuntimeError') throw error;
      throw this.#failure((error as Error).message, error);
    }
  }

  #failure(said: string, cause?: unknown): RuntimeFailure {
    this.#failed = true;
    loaded = undefined;
    return new RuntimeFailure(said, { cause });
  }
}

let loaded: Promise<Backend> | undefined;

/**
 * Loads TensorFlow.js when it is first needed: on native TensorFlow if `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`
 * is installed, else on WebAssembly (SIMD, one thread).
 * @throws LetheError `internal` if neither starts.
 */
export function loadBackend(): Promise<Backend> {
  loaded ??= loadNative().then(async (native) => new Backend(native ?? (await loadWasm())));
  return loaded;
}

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
  const [layers, converter] = await Promise.all([
    import('@tensorflow/tfjs-layers'),
    import('@tensorflow/tfjs-converter'),
  ]);
  if (!(await startWasm(core, here))) {
    throw new LetheError('internal', {
      message: 'the WebAssembly backend of TensorFlow.js does not start',
      hint: 'Reinstall Lethe, or install @tensorflow/tfjs-node beside it.',
    });
  }
  return { ...core, ...layers, ...converter };
}
