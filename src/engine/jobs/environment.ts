import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../../../package.json';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { availableDisk, availableMemory, totalMemory } from '../../base/machine.js';
import type { EnvironmentRequest, EnvironmentResult } from '../../contract/models.js';
import type { Work } from '../../contract/progress.js';
import { memoryText, sizeText } from '../../contract/text.js';
import { LARGEST_TENSOR_BYTES } from '../../linalg/tensor.js';
import { type BackendFacts, backendFacts, loadBackend } from '../../models/tfjs/backend.js';

type Row = EnvironmentResult['sections'][number]['rows'][number];

const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);

/**
 * What Lethe runs in and on. Made to work where other jobs don't: what does not load is a row of the table.
 * @throws LetheError `cancelled`; `usage` if `LETHE_TENSORFLOW` names no backend.
 */
export async function environment(request: EnvironmentRequest, work: Work = {}): Promise<EnvironmentResult> {
  const facts = await tensorFlow(request.startTensorFlow ?? false);
  throwIfAborted(work.signal);
  return {
    sections: [
      { title: 'Runtime', rows: [...runtimeRows(), ...(await onnxRows())] },
      { title: 'TensorFlow.js', rows: tensorFlowRows(facts) },
      { title: 'Paths', rows: pathRows() },
      { title: 'Limits', rows: await limitRows() },
    ],
    tensorflow: {
      wanted: facts.wanted,
      running: facts.running,
      package: facts.package?.name ?? null,
      problem: facts.problem,
    },
  };
}

async function tensorFlow(start: boolean): Promise<BackendFacts> {
  // A wrong name of a backend is thrown here, one that does not start is what is asked about.
  backendFacts();
  if (start) {
    await loadBackend().catch((error) => {
      if (!(error instanceof LetheError && error.code === 'backend-unavailable')) throw error;
    });
  }
  return backendFacts();
}

function runtimeRows(): Row[] {
  const { node, electron, v8, modules, napi } = process.versions;
  return rows({
    Lethe: version,
    Electron: electron,
    Node: `${node} (V8 ${v8}, ABI ${modules}, Node-API ${napi})`,
    System: `${os.type()} ${os.release()}`,
    Platform: [process.platform, process.arch, cLibrary()].filter(Boolean).join(' '),
  });
}

/** The C library of a Linux system, by which native packages differ. */
function cLibrary(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : `glibc ${header.glibcVersionRuntime}`;
}

async function onnxRows(): Promise<Row[]> {
  try {
    const { env, listSupportedBackends } = await import('../../base/onnxruntime.js');
    const others = listSupportedBackends().flatMap(({ name, bundled }) => (bundled && name !== 'cpu' ? name : []));
    return rows({
      'ONNX Runtime': env.versions.node ?? 'unknown',
      'Execution providers': `cpu (in use)${others.length > 0 ? `, ${others.join(', ')}` : ''}`,
    });
  } catch (error) {
    return rows({ 'ONNX Runtime': `does not load: ${(error as Error).message}` });
  }
}

const RUNNING = { tensorflow: 'native TensorFlow', wasm: 'WebAssembly, one thread' };

function tensorFlowRows({ wanted, running, package: found, onGpu, problem }: BackendFacts): Row[] {
  return rows({
    Wanted: wanted,
    Running: running ? RUNNING[running] : problem ? 'none' : 'not started yet',
    'Computes on': onGpu === null ? undefined : onGpu ? 'GPU' : 'CPU',
    'Native package': found
      ? `${found.name} ${found.version} in ${found.folder}`
      : wanted === 'wasm' || problem
        ? undefined
        : 'none installed',
    Problem: problem ?? undefined,
  });
}

function pathRows(): Row[] {
  return rows({
    Program: process.execPath,
    Lethe: path.dirname(here),
    'Native packages': process.env.LETHE_TENSORFLOW_PATH || undefined,
    'Temporary files': os.tmpdir(),
  });
}

async function limitRows(): Promise<Row[]> {
  const cores = os.availableParallelism();
  const [available, disk] = await Promise.all([availableMemory(), availableDisk(os.tmpdir())]);
  // Less than the machine has where a container or a service is limited.
  const total = totalMemory();
  return rows({
    'CPU cores': `${cores} (${os.cpus()[0]?.model.trim() ?? 'unknown'})`,
    'Threads by default': String(Math.max(1, cores - 1)),
    Memory: `${memoryText(os.totalmem())}, ${memoryText(available)} available`,
    'Memory limit': total < os.totalmem() ? memoryText(total) : undefined,
    'Largest tensor': memoryText(LARGEST_TENSOR_BYTES),
    'Free for temporary files': disk ? sizeText(disk.bytes) : 'unknown',
  });
}

function rows(values: Record<string, string | undefined>): Row[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : { name, value }));
}
