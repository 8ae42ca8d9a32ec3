// The engine's own server, with jobs that do what a test asks for.
import { getPriority, tmpdir } from 'node:os';
import { breathe } from '../../../src/base/abort.js';
import { LetheError } from '../../../src/base/errors.js';
import type { RunJob } from '../../../src/contract/jobs.js';
import type { Work } from '../../../src/contract/progress.js';
import { serve } from '../../../src/engine/server/serve.js';

export type OddRequest =
  | { readonly do: 'facts' | 'request' | 'wait' | 'deaf' | 'hang' | 'exit' | 'throw' | 'reject' | 'fail' | 'function' }
  | { readonly do: 'bytes'; readonly bytes: number }
  | { readonly do: 'hold'; readonly bytes: number }
  | { readonly do: 'steps'; readonly steps: number };

export interface Facts {
  readonly pid: number;
  readonly execArgv: readonly string[];
  readonly nodeOptions: string | undefined;
  readonly asNode: string | undefined;
  readonly priority: number;
  readonly tmp: string;
  readonly added: string | undefined;
}

async function odd(request: OddRequest, { signal, onProgress }: Work): Promise<unknown> {
  onProgress?.({ phase: 'load', done: 0, total: 1, detail: request.do });
  switch (request.do) {
    case 'facts':
      return facts();
    case 'request':
      return { pid: process.pid, request };
    case 'wait':
      for (;;) await breathe(signal);
    case 'deaf':
      for (;;) await breathe();
    case 'hang':
      await breathe();
      for (;;);
    case 'exit':
      console.error('the reason is\nof no importance');
      process.exit(3);
      break;
    case 'throw':
      setImmediate(() => {
        throw new Error('a defect in a callback');
      });
      return new Promise(() => {});
    case 'reject':
      Promise.reject(new Error('a defect in a promise'));
      return new Promise(() => {});
    case 'fail':
      throw new LetheError('model-corrupt', { message: 'is odd', file: 'a.onnx', place: 'layer 3', hint: 'Even it.' });
    case 'function':
      return { callback: () => {} };
    case 'bytes':
      return { image: new Uint8Array(request.bytes).fill(7), values: new Float32Array([1.5, -2]), nothing: undefined };
    case 'hold': {
      const held = Buffer.alloc(request.bytes, 1);
      for (;;) {
        await breathe(signal);
        held[0]++;
      }
    }
    case 'steps':
      for (let step = 1; step <= request.steps; step++) {
        onProgress?.({ phase: 'measure', done: step, total: request.steps });
        onProgress?.({ phase: 'spaces', done: step, total: request.steps });
      }
      return {};
  }
}

function facts(): Facts {
  const { NODE_OPTIONS, ELECTRON_RUN_AS_NODE, ODD } = process.env;
  return {
    pid: process.pid,
    execArgv: process.execArgv,
    nodeOptions: NODE_OPTIONS,
    asNode: ELECTRON_RUN_AS_NODE,
    priority: getPriority(),
    tmp: tmpdir(),
    added: ODD,
  };
}

serve(((_, request, work = {}) => odd(request as unknown as OddRequest, work)) as RunJob);
