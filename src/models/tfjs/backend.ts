import { fileURLToPath } from 'node:url';
import { LetheError } from '../../base/errors.js';
import type { TensorFlowBackend } from '../../contract/terms.js';
import {
  findNative,
  NATIVE_PACKAGES,
  type NativeKind,
  type NativePackage,
  type NativeTensorFlow,
  startNative,
} from './native.js';
import type { Tf } from './tf.js';
import { startWasm, takeComplaints } from './wasm.js';

/** This file in the source tree and in `node_modules`, the bundle that it became part of elsewhere. */
const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);

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

/** Which TensorFlow.js runs, or would, and why no other does. */
export interface BackendFacts {
  readonly wanted: TensorFlowBackend;
  /** What runs: `tensorflow` natively, `wasm`; null if none was started. */
  readonly running: 'tensorflow' | 'wasm' | null;
  /** The native package that runs, or would be tried first. */
  readonly package: NativePackage | null;
  /** Whether it computes on a GPU; null if no native package runs. */
  readonly onGpu: boolean | null;
  /** Why no native package runs that is wanted; null where one does, or was not tried yet. */
  readonly problem: string | null;
}

type Outcome = Pick<BackendFacts, 'running' | 'package' | 'onGpu' | 'problem'>;

let outcome: Outcome | undefined;

/** What is known of TensorFlow.js without starting it. @throws LetheError `usage` if `LETHE_TENSORFLOW` is wrong. */
export function backendFacts(): BackendFacts {
  const wanted = wantedBackend();
  if (outcome) return { wanted, ...outcome };
  const [first = null] = kindsOf(wanted).flatMap((kind) => findNative(kind, here) ?? []);
  return { wanted, running: null, package: first, onGpu: null, problem: null };
}

/**
 * Loads TensorFlow.js when it is first needed, as `LETHE_TENSORFLOW` wants it: `gpu` or `cpu` on native TensorFlow, `wasm` on
 * WebAssembly (SIMD, one thread), `auto` on the first of these that starts.
 * @throws LetheError `backend-unavailable` if the wanted one does not start, `usage` if there is none of that name, `internal`
 *   if WebAssembly does not start.
 */
export function loadBackend(): Promise<Backend> {
  if (loaded === undefined) {
    const loading = load();
    loaded = loading;
    // The next one who asks tries again: a package may have been installed.
    loading.catch(() => {
      if (loaded === loading) loaded = undefined;
    });
  }
  return loaded;
}

async function load(): Promise<Backend> {
  const wanted = wantedBackend();
  const problems: string[] = [];
  // Where WebAssembly ran, a model has broken it: what did not start before would not now.
  for (const kind of outcome?.running === 'wasm' ? [] : kindsOf(wanted)) {
    const found = findNative(kind, here);
    const started = found ? await attempt(found, wanted) : `${NATIVE_PACKAGES[kind]} is not installed`;
    if (typeof started !== 'string') {
      outcome = { running: 'tensorflow', package: found, onGpu: started.onGpu, problem: null };
      return new Backend(started.tf);
    }
    if (wanted !== 'auto') {
      outcome = { running: null, package: found, onGpu: null, problem: started };
      throw unavailable(kind, started);
    }
    // Who takes what there is need not be told of packages that were never installed.
    if (found) problems.push(started);
  }
  const tf = await loadWasm();
  outcome = { running: 'wasm', package: null, onGpu: null, problem: problems.join('; ') || (outcome?.problem ?? null) };
  return new Backend(tf);
}

/** Starts a native package, or tells why it can't be had. */
async function attempt(found: NativePackage, wanted: TensorFlowBackend): Promise<NativeTensorFlow | string> {
  try {
    const started = await startNative(found);
    if (wanted !== 'gpu' || started.onGpu) return started;
    return `${found.name} starts, but TensorFlow finds no GPU that it can use`;
  } catch (error) {
    return `${found.name} in ${found.folder} does not start: ${(error as Error).message.trim()}`;
  }
}

function unavailable(kind: NativeKind, problem: string): LetheError {
  const install = `install ${NATIVE_PACKAGES[kind]} with the command "Lethe: Install Native TensorFlow..."`;
  const driver = kind === 'gpu' ? ' It needs an NVIDIA GPU with its driver, CUDA 11 and cuDNN 8.' : '';
  return new LetheError('backend-unavailable', {
    message: problem,
    hint: `Set LETHE_TENSORFLOW (in the editor: lethe.tensorflow.backend) to auto, or ${install}.${driver}`,
  });
}

/** The native packages to try, in order. */
function kindsOf(wanted: TensorFlowBackend): readonly NativeKind[] {
  if (wanted === 'auto') return ['gpu', 'cpu'];
  return wanted === 'wasm' ? [] : [wanted];
}

function wantedBackend(): TensorFlowBackend {
  const wanted = process.env.LETHE_TENSORFLOW || 'auto';
  if (wanted === 'auto' || wanted === 'gpu' || wanted === 'cpu' || wanted === 'wasm') return wanted;
  throw new LetheError('usage', {
    message: `LETHE_TENSORFLOW is "${wanted}"`,
    hint: 'Set it to auto, gpu, cpu or wasm.',
  });
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
