/** The engine process: forked by the editor's extension host, ended by it or with it. */
import { availableParallelism } from 'node:os';
import { LetheError } from '../../base/errors.js';
import { JOBS, type Jobs, type RunJob } from '../../contract/jobs.js';
import { serve } from './serve.js';

const run: RunJob = async (name, request, work) => {
  if (JOBS[name].multiplies) await limitThreads((request as Jobs['unlearn']['request']).threads);
  const [{ runJob }, { dropKept, keepBetweenJobs }] = await Promise.all([
    import('../jobs/index.js'),
    import('../kept/keeper.js'),
  ]);
  keepBetweenJobs();
  try {
    return await runJob(name, request, work);
  } catch (error) {
    if (mayBeBroken(error)) await dropKept();
    throw error;
  }
};

/** Whether a failure may have left a runtime behind that does not work any more. */
function mayBeBroken(error: unknown): boolean {
  return !(error instanceof LetheError) || ['internal', 'out-of-memory', 'model-corrupt'].includes(error.code);
}

let limited: number | undefined;

/** Leaves a core to the editor, unless told otherwise. */
async function limitThreads(threads = Math.max(1, availableParallelism() - 1)): Promise<void> {
  if (threads === limited) return;
  limited = threads;
  const { setGemmThreads } = await import('../../linalg/gemm.js');
  await setGemmThreads(threads);
}

serve(run);
