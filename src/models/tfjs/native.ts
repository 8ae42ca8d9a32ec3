import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { TensorFlowBackend } from '../../contract/terms.js';
import type { Tf } from './tf.js';

export type NativeKind = Extract<TensorFlowBackend, 'gpu' | 'cpu'>;

/** TensorFlow.js on native TensorFlow, best first. Neither is a dependency: each downloads TensorFlow when it is installed. */
export const NATIVE_PACKAGES: Readonly<Record<NativeKind, string>> = {
  gpu: '@tensorflow/tfjs-node-gpu',
  cpu: '@tensorflow/tfjs-node',
};

/** A native package where it was found. */
export interface NativePackage {
  readonly kind: NativeKind;
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** TensorFlow.js on native TensorFlow, started. */
export interface NativeTensorFlow {
  readonly tf: Tf;
  /** Whether it computes on a GPU; the GPU package does without one, too. */
  readonly onGpu: boolean;
}

interface Manifest {
  readonly version: string;
  readonly binary?: { readonly module_name: string; readonly module_path: string };
}

/**
 * Finds a native package without loading it: in the folder that `LETHE_TENSORFLOW_PATH` names, then beside Lethe.
 * @param here path of the file that the code runs from
 */
export function findNative(kind: NativeKind, here: string): NativePackage | null {
  const name = NATIVE_PACKAGES[kind];
  const chosen = process.env.LETHE_TENSORFLOW_PATH;
  for (const from of [...(chosen ? [path.join(path.resolve(chosen), 'package.json')] : []), here]) {
    const requireFrom = createRequire(from);
    try {
      const manifest = requireFrom.resolve(`${name}/package.json`);
      const { version } = requireFrom(manifest) as Manifest;
      return { kind, name, version, folder: path.dirname(manifest) };
    } catch {
      // Not here, or not whole.
    }
  }
  return null;
}

/** Loads and starts a native package. @throws Error with what its loader said. */
export async function startNative({ folder }: NativePackage): Promise<NativeTensorFlow> {
  const requireFrom = createRequire(path.join(folder, 'package.json'));
  restoreUtil(requireFrom);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  loadAddon(folder, requireFrom);
  const tf = requireFrom(folder) as Tf;
  tf.enableProdMode();
  await tf.ready();
  if (tf.getBackend() !== 'tensorflow') throw new Error(`it started the backend "${tf.getBackend()}"`);
  return { tf, onGpu: (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true };
}

/**
 * Loads the package's addon ahead of the package, which would leave its other kernels with the process before it finds that
 * TensorFlow does not load.
 */
function loadAddon(folder: string, requireFrom: NodeJS.Require): void {
  const { binary } = requireFrom('./package.json') as Manifest;
  if (!binary) return;
  const newest = Number(process.versions.napi);
  const files = Array.from({ length: newest }, (_, index) =>
    path.join(
      folder,
      binary.module_path.replace('{napi_build_version}', String(newest - index)),
      `${binary.module_name}.node`,
    ),
  );
  const addon = files.find((file) => existsSync(file));
  if (addon === undefined) throw new Error('its native addon is missing: its installation did not end well');
  requireFrom(addon);
}

/** tfjs-node 4.22 still calls two functions that Node 23 removed. */
function restoreUtil(requireFrom: NodeJS.Require): void {
  const util = requireFrom('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
