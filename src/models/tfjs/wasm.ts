import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

type Core = typeof import('@tensorflow/tfjs-core');

/** What the WebAssembly module has written to its standard error and nobody has asked for yet. */
let complaints: string[] = [];

/** Takes what the WebAssembly module complained of since the last call: operations that it refused, but returned from. */
export function takeComplaints(): string[] {
  const taken = complaints;
  complaints = [];
  return taken;
}

/**
 * Starts the WebAssembly backend, again if it was started before: what is in memory then is lost.
 * @param here path of the file that the code runs from
 * @returns whether it runs.
 */
export async function startWasm(core: Core, here: string): Promise<boolean> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const factory = core.findBackendFactory('wasm');
  if (core.engine().backendName === 'wasm') {
    // A module that has failed once may fail at tidying up, too.
    core.backend().dispose = () => {};
    core.removeBackend('wasm');
    core.registerBackend('wasm', factory);
  } else setWasmPaths(wasmFolder(here));
  complaints = [];
  return withoutTraces(() => core.setBackend('wasm').catch(() => false));
}

/** The folder of the .wasm files, with a separator at its end: beside the bundle, or in the package. */
function wasmFolder(here: string): string {
  const beside = path.dirname(here);
  const folder = existsSync(path.join(beside, 'tfjs-backend-wasm-simd.wasm'))
    ? beside
    : path.dirname(createRequire(here).resolve('@tensorflow/tfjs-backend-wasm'));
  return folder + path.sep;
}

/**
 * Runs `start` and undoes what the starting module leaves on the process. It keeps `console.warn` for its complaints, which
 * are caught here; and it rethrows every uncaught error and rejection of the process from its one line of half a megabyte,
 * which Node then prints.
 */
async function withoutTraces<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => process.listeners(event as NodeJS.Signals));
  const warn = console.warn;
  console.warn = (...said: unknown[]) => {
    if (/^(XNN |Aborted)/.test(String(said[0]))) complaints.push(said.join(' '));
    else warn(...said);
  };
  try {
    return await start();
  } finally {
    console.warn = warn;
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as NodeJS.Signals)) {
        if (!before[i].includes(listener)) process.off(event, listener);
      }
    });
  }
}
