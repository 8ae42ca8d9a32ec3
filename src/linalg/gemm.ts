import { availableParallelism } from 'node:os';
import { breathe, throwIfAborted } from '../base/abort.js';
import { InferenceSession, Tensor } from '../base/onnxruntime.js';
import { type GemmMode, gemmModel } from './gemmModel.js';
import { type Matrix, rowsOf } from './matrix.js';

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly mode?: GemmMode;
  readonly signal?: AbortSignal;
}

/** Up to so many multiply-adds plain loops are faster than a call into ONNX Runtime, which takes some 30 us. */
const LOOP_LIMIT = 16_384;
/** Multiply-adds of one native call: under 250 ms at 8 GFLOP/s, a tenth of a laptop's speed. */
const CALL_LIMIT = 1e9;
/** Floats in one tensor: 256 MiB, half of what Electron's allocator bears safely. */
const TENSOR_LIMIT = 2 ** 26;
/** Multiply-adds of plain loops between two breaths. */
const BREATH_LOOPS = 2e7;

let threads = availableParallelism();
let sessions = new Map<string, Promise<InferenceSession>>();
let loopsSinceBreath = 0;

/** Sets the number of threads of the products from now on (default: all cores). */
export async function setGemmThreads(count: number): Promise<void> {
  const old = sessions;
  threads = count;
  sessions = new Map();
  for (const session of old.values()) await (await session).release();
}

/**
 * out = op(a) op(b), or out +- op(a) op(b), where op transposes if asked. Large products go to ONNX Runtime in chunks that
 * leave the thread free every 250 ms, tiny ones (a depthwise kernel's) through plain loops in float64.
 * @returns `out`, which must not share memory with `a` or `b`.
 * @throws RangeError if the sizes do not fit; LetheError `cancelled`.
 */
export async function gemm(a: Matrix, b: Matrix, out: Matrix, options: GemmOptions = {}): Promise<Matrix> {
  const { transA = false, transB = false, mode = 'set', signal } = options;
  const [rows, inner] = transA ? [a.cols, a.rows] : [a.rows, a.cols];
  const [innerB, cols] = transB ? [b.cols, b.rows] : [b.rows, b.cols];
  if (inner !== innerB || out.rows !== rows || out.cols !== cols) {
    throw new RangeError(
      `gemm: (${rows} x ${inner}) times (${innerB} x ${cols}) does not fit ${out.rows} x ${out.cols}`,
    );
  }
  const operations = rows * cols * inner;
  if (operations <= LOOP_LIMIT) {
    multiplyInLoops(a, b, out, transA, transB, mode);
    loopsSinceBreath += operations;
    if (loopsSinceBreath > BREATH_LOOPS) {
      loopsSinceBreath = 0;
      await breathe(signal);
    }
    return out;
  }
  if (b.data.length > 2 * TENSOR_LIMIT) throw new RangeError(`gemm: b has ${b.data.length} values, too many at once`);
  if (transA) await sumOverRows(a, b, out, options);
  else await rowByRow(a, b, out, options);
  return out;
}

/** Cuts `a` and `out` along their rows. */
async function rowByRow(a: Matrix, b: Matrix, out: Matrix, options: GemmOptions): Promise<void> {
  const perRow = Math.max(a.cols * out.cols, (CALL_LIMIT / TENSOR_LIMIT) * Math.max(a.cols, out.cols));
  const step = Math.max(1, Math.floor(CALL_LIMIT / perRow));
  for (let row = 0; row < a.rows; row += step) {
    await call(rowsOf(a, row, row + step), b, rowsOf(out, row, row + step), options.mode ?? 'set', options);
  }
}

/** Cuts the sum over the rows of `a` and `b` (or the columns of `b`, if that is transposed too, which stays whole). */
async function sumOverRows(a: Matrix, b: Matrix, out: Matrix, options: GemmOptions): Promise<void> {
  const perRow = Math.max(a.cols * out.cols, (CALL_LIMIT / TENSOR_LIMIT) * a.cols);
  const step = options.transB ? a.rows : Math.max(1, Math.floor(CALL_LIMIT / perRow));
  let mode = options.mode ?? 'set';
  for (let row = 0; row < a.rows; row += step) {
    const part = options.transB ? b : rowsOf(b, row, row + step);
    await call(rowsOf(a, row, row + step), part, out, mode, options);
    if (mode === 'set') mode = 'add';
  }
}

/** One native call. The output's memory is ours and serves as the addend too, so nothing is copied or allocated. */
async function call(a: Matrix, b: Matrix, out: Matrix, mode: GemmMode, options: GemmOptions): Promise<void> {
  throwIfAborted(options.signal);
  const session = await sessionFor(options.transA ?? false, options.transB ?? false, mode);
  const Y = tensor(out);
  const feeds = { A: tensor(a), B: tensor(b) };
  // onnxruntime-node enters its native code from setImmediate, so timers and messages get through between two calls.
  await session.run(mode === 'set' ? feeds : { ...feeds, C: Y }, { Y });
}

function tensor({ rows, cols, data }: Matrix): Tensor {
  return new Tensor('float32', data, [rows, cols]);
}

function sessionFor(transA: boolean, transB: boolean, mode: GemmMode): Promise<InferenceSession> {
  const key = `${transA} ${transB} ${mode}`;
  let session = sessions.get(key);
  if (!session) {
    session = InferenceSession.create(gemmModel(transA, transB, mode), {
      intraOpNumThreads: threads,
      enableCpuMemArena: false,
      logSeverityLevel: 4,
      // Every session has threads of its own; ones that spin while idle take the cores from those that work.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    sessions.set(key, session);
  }
  return session;
}

function multiplyInLoops(a: Matrix, b: Matrix, out: Matrix, transA: boolean, transB: boolean, mode: GemmMode): void {
  const inner = transA ? a.rows : a.cols;
  const [aRow, aInner] = transA ? [1, a.cols] : [a.cols, 1];
  const [bInner, bCol] = transB ? [1, b.cols] : [b.cols, 1];
  const [x, y, z] = [a.data, b.data, out.data];
  for (let i = 0, at = 0; i < out.rows; i++) {
    for (let j = 0; j < out.cols; j++, at++) {
      let sum = 0;
      for (let k = 0, p = i * aRow, q = j * bCol; k < inner; k++, p += aInner, q += bInner) sum += x[p] * y[q];
      z[at] = mode === 'set' ? sum : mode === 'add' ? z[at] + sum : z[at] - sum;
    }
  }
}
