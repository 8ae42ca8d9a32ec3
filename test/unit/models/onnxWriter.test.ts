import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { OnnxWriter } from '../../../examples/onnxWriter.js';
import { decodeFloat16, encodeFloat16 } from '../../../src/models/onnx/float16.js';

const options: InferenceSession.SessionOptions = {
  enableCpuMemArena: false,
  intraOpNumThreads: 1,
  logSeverityLevel: 4,
};

async function run(bytes: Uint8Array, feeds: Record<string, OrtTensor>): Promise<InferenceSession.OnnxValueMapType> {
  const session = await InferenceSession.create(bytes, options);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

describe('the ONNX writer', () => {
  for (const opset of [9, 13, 17, 22, 26]) {
    it(`writes a model of opset ${opset} that ONNX Runtime computes as by hand`, async () => {
      const g = new OnnxWriter({ opset });
      const x = g.input('x', ['N', 2]);
      const w = g.initializer('w', [2, 3], Float32Array.from([1, 2, 3, 4, 5, 6]));
      const b = g.initializer('b', [3], Float32Array.from([1, 0, -1]));
      const y = g.node('Gemm', [x, w, b], { alpha: { float: 2 } });
      g.output('logits', y, ['N', 3]);
      const { logits } = await run(g.bytes(), { x: new OrtTensor('float32', [1, 10, 0, 1], [2, 2]) });
      // 2 * (1 * 1 + 10 * 4) + 1 ...
      expect(Array.from(logits.data as Float32Array)).toEqual([83, 104, 125, 9, 10, 11]);
      expect(logits.dims).toEqual([2, 3]);
    });
  }

  it('stores equal values in raw_data, in the typed fields and in half precision', async () => {
    const g = new OnnxWriter();
    const x = g.input('x', [4]);
    const values = Float32Array.from([1, -2.5, 0.125, 1024]);
    const raw = g.initializer('raw', [4], values);
    const typed = g.initializer('typed', [4], values, { storage: 'values' });
    const half = g.node('Cast', [g.initializer('half', [4], values, { type: 'float16' })], { to: 1 });
    const halfTyped = g.node('Cast', [g.initializer('half2', [4], values, { type: 'float16', storage: 'values' })], {
      to: 1,
    });
    g.output('sum', g.node('Sum', [x, raw, typed, half, halfTyped]), [4]);
    const { sum } = await run(g.bytes(), { x: new OrtTensor('float32', new Float32Array(4), [4]) });
    expect(Array.from(sum.data as Float32Array)).toEqual([4, -10, 0.5, 4096]);
  });

  it('names an input that is an output too through an Identity node', async () => {
    const g = new OnnxWriter();
    const x = g.input('x', [2]);
    g.output('same', x, [2]);
    const { same } = await run(g.bytes(), { x: new OrtTensor('float32', [3, 4], [2]) });
    expect(Array.from(same.data as Float32Array)).toEqual([3, 4]);
  });

  it('refuses names that are taken, unknown or not computed yet', () => {
    const g = new OnnxWriter();
    g.input('x', [2]);
    expect(() => g.input('x', [2])).toThrow(/"x" is empty or taken/);
    expect(() => g.node('Relu', ['y'])).toThrow(/Relu: unknown value "y"/);
    expect(() => g.output('out', 'z', [2])).toThrow(/unknown value "z"/);
    expect(() => g.initializer('w', [2, 2], new Float32Array(3))).toThrow(/\[2, 2\] need 4 values, got 3/);
  });
});

describe('half precision', () => {
  it('keeps all 65,536 bit patterns that are numbers', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter(
      (i) => (i & 0x7c00) !== 0x7c00 || (i & 0x3ff) === 0,
    );
    expect(encodeFloat16(decodeFloat16(bits))).toEqual(bits);
  });

  it('rounds to the nearest, ties to even, and overflows to infinity', () => {
    const back = decodeFloat16(encodeFloat16(Float32Array.from([2049, 2051, 65504, 65520, 1e-8, -0.1])));
    expect(Array.from(back)).toEqual([2048, 2052, 65504, Infinity, 0, -0.0999755859375]);
  });
});
