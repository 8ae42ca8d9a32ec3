import type { InferenceSession } from 'onnxruntime-node';
import { type ErrorCode, LetheError } from '../../base/errors.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { BuiltModel } from './build.js';

/** Loaded when the first model is run: looking at a file needs no runtime. */
async function runtime() {
  return import('../../base/onnxruntime.js');
}

/** A part of a model, ready to run; all its inputs and outputs are float32. */
export class Session {
  private constructor(
    private readonly session: InferenceSession,
    private readonly file: string,
  ) {}

  /** @throws LetheError `model-corrupt`, `model-unsupported`, `out-of-memory` with the runtime's words. */
  static async create(file: string, built: BuiltModel, threads: number): Promise<Session> {
    return new Session(
      await createSession(file, built.bytes, { intraOpNumThreads: threads, externalData: built.externalData }),
      file,
    );
  }

  /** Runs the session. @throws LetheError `model-unsupported`, `out-of-memory` with the runtime's words. */
  async run(inputs: ReadonlyMap<string, Tensor>, outputs: readonly string[]): Promise<Map<string, Tensor>> {
    const { Tensor: OrtTensor } = await runtime();
    const results = new Map<string, Tensor>();
    try {
      const feeds = [...inputs].map(([name, { data, dims }]) => [name, new OrtTensor('float32', data, dims)] as const);
      const fetched = await this.session.run(Object.fromEntries(feeds), [...outputs]);
      for (const name of outputs)
        results.set(name, { dims: fetched[name].dims, data: fetched[name].data as Float32Array });
    } catch (error) {
      const dims = [...inputs.values()].map((value) => value.dims.join(' x ')).join(' and ');
      throw runtimeError(error, this.file, `can't be run on an input of ${dims}`, 'model-unsupported');
    }
    return results;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** Types and dims of all values of a model, as the runtime infers them; a value it can't tell of is missing. */
export async function inferValues(file: string, hollow: Uint8Array): Promise<InferenceSession.ValueMetadata[]> {
  const session = await createSession(file, hollow, { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1 });
  try {
    return [...session.outputMetadata];
  } finally {
    await session.release();
  }
}

async function createSession(
  file: string,
  bytes: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const { InferenceSession } = await runtime();
  try {
    // Without an arena: its single large reservations fail under allocators that limit one allocation.
    return await InferenceSession.create(bytes, {
      enableCpuMemArena: false,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
      ...options,
    });
  } catch (error) {
    throw runtimeError(error, file, "can't be loaded", 'model-corrupt');
  }
}

const NO_MEMORY = /bad_alloc|fail\w* to allocate|out of memory/i;
const UNSUPPORTED =
  /not a registered function|No Op registered|NOT_IMPLEMENTED|Unsupported model IR|under development|Could not find an implementation|Unsupported data type/i;

/** Turns the runtime's plain error into one that names the file and says what kind of problem it is. */
function runtimeError(error: unknown, file: string, what: string, otherwise: ErrorCode): LetheError {
  const text = error instanceof Error ? error.message : String(error);
  // Its messages name places in its own source code, which help nobody here.
  const words = text
    .replace(/\/[\w./-]*onnxruntime\/[\w./-]+(:\d+)?( [\w:<>~ ,*&]+\([^)]*\))?/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const code = NO_MEMORY.test(text) ? 'out-of-memory' : UNSUPPORTED.test(text) ? 'model-unsupported' : otherwise;
  const hints: Partial<Record<ErrorCode, string>> = {
    'out-of-memory': 'Close other programs or use a smaller model.',
    'model-unsupported': 'Export the model with operators and versions that ONNX Runtime supports.',
    'model-corrupt': 'Export or download the model again.',
  };
  return new LetheError(code, {
    message: `${what}: ONNX Runtime says "${words.slice(0, 400)}"`,
    file,
    hint: hints[code],
    cause: error,
  });
}
