/** The engine process: forked by the editor's extension host, ended by it or with it. */
import { availableParallelism } from 'node:os';
import type { JobName, Jobs } from '../../protocol.js';
import type { RunJob } from './serve.js';
import { serve } from './serve.js';

/** Jobs that multiply matrices: their products take no more threads than their forward passes. */
const COMPUTING: readonly JobName[] = ['unlearn', 'estimate'];

const run: RunJob = async (name, request, work) => {
  if (COMPUTING.includes(name)) await limitThreads((request as Jobs['unlearn']['request']).threads);
  const { runJob } = await import('../jobs/index.js');
  return runJob(name, request, work);
};

let limited: number | undefined;

/** Leaves a core to the editor, unless told otherwise. */
async function limitThreads(threads = Math.max(1, availableParallelism() - 1)): Promise<void> {
  if (threads === limited) return;
  limited = threads;
  const { setGemmThreads } = await import('../../linalg/gemm.js');
  await setGemmThreads(threads);
}

serve(run);
