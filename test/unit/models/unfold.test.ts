import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { elementCount, type Tensor } from '../../../src/linalg/tensor.js';
import type { ConvGeometry, Geometry } from '../../../src/models/classifier.js';
import { inputVectors, positionCount } from '../../../src/models/unfold.js';
import { tensorOf } from '../../support/data/arrays.js';

/** All positions, in order. */
const all = (geometry: Geometry, tap: Tensor) =>
  Array.from({ length: positionCount(geometry, tap.dims) }, (_, index) => index);

/** One value of a channels-first or -last tensor, 0 outside: the definition of zero padding. */
function pixel(tap: Tensor, layout: ConvGeometry['layout'], sample: number, channel: number, at: number[]): number {
  const size = layout === 'channels-first' ? tap.dims.slice(2) : tap.dims.slice(1, -1);
  if (at.some((value, i) => value < 0 || value >= size[i])) return 0;
  const index = layout === 'channels-first' ? [sample, channel, ...at] : [sample, ...at, channel];
  return tap.data[index.reduce((flat, value, i) => flat * tap.dims[i] + value, 0)];
}

/** Row-major coordinates of a flat index. */
function coordinates(flat: number, dims: readonly number[]): number[] {
  const result: number[] = [];
  for (let i = dims.length - 1; i >= 0; i--) {
    result.unshift(flat % dims[i]);
    flat = Math.floor(flat / dims[i]);
  }
  return result;
}

/** The textbook definition, value by value. `before` and `outputs` are given, not computed. */
function reference(tap: Tensor, geometry: ConvGeometry, before: number[], outputs: number[]): number[][] {
  const channels = tap.dims[geometry.layout === 'channels-first' ? 1 : tap.dims.length - 1];
  const rows: number[][] = [];
  for (let p = 0; p < tap.dims[0] * elementCount(outputs); p++) {
    const [sample, ...at] = coordinates(p, [tap.dims[0], ...outputs]);
    const row: number[] = [];
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < elementCount(geometry.kernel); k++) {
        const tapAt = coordinates(k, geometry.kernel).map(
          (offset, i) => at[i] * geometry.strides[i] - before[i] + offset * geometry.dilations[i],
        );
        row.push(pixel(tap, geometry.layout, sample, c, tapAt));
      }
    }
    rows.push(row);
  }
  return rows;
}

interface Case {
  readonly name: string;
  readonly dims: number[];
  readonly geometry: ConvGeometry;
  /** What the definition of the padding gives, worked out by hand. */
  readonly before: number[];
  readonly outputs: number[];
}

const conv = (
  layout: ConvGeometry['layout'],
  kernel: number[],
  strides: number[],
  dilations: number[],
  padding: ConvGeometry['padding'],
): ConvGeometry => ({ kind: 'conv', layout, kernel, strides, dilations, padding });

const cases: Case[] = [
  {
    name: '1-D, channels first, padded on one side, dilated',
    dims: [2, 3, 9],
    geometry: conv('channels-first', [3], [2], [2], { before: [3], after: [0] }),
    before: [3],
    outputs: [4],
  },
  {
    name: '1-D, channels last, valid',
    dims: [2, 9, 3],
    geometry: conv('channels-last', [4], [3], [1], { before: [0], after: [0] }),
    before: [0],
    outputs: [2],
  },
  {
    name: '2-D, channels first, uneven everything',
    dims: [2, 4, 7, 6],
    geometry: conv('channels-first', [3, 2], [2, 1], [1, 3], { before: [1, 0], after: [2, 1] }),
    before: [1, 0],
    outputs: [4, 4],
  },
  {
    name: '2-D, channels last, the same layer',
    dims: [2, 7, 6, 4],
    geometry: conv('channels-last', [3, 2], [2, 1], [1, 3], { before: [1, 0], after: [2, 1] }),
    before: [1, 0],
    outputs: [4, 4],
  },
  {
    name: "'same' with an odd zero behind: 6 wide, kernel 3, stride 2",
    dims: [1, 2, 6, 5],
    geometry: conv('channels-first', [3, 3], [2, 2], [1, 1], 'same'),
    before: [0, 1],
    outputs: [3, 3],
  },
  {
    name: "'same-lower' with the odd zero in front",
    dims: [1, 2, 6, 5],
    geometry: conv('channels-first', [3, 3], [2, 2], [1, 1], 'same-lower'),
    before: [1, 1],
    outputs: [3, 3],
  },
  {
    name: "'same' with a dilated even kernel, channels last",
    dims: [1, 7, 7, 2],
    geometry: conv('channels-last', [2, 4], [1, 1], [3, 2], 'same'),
    before: [1, 3],
    outputs: [7, 7],
  },
  {
    name: "'same' with a stride beyond the kernel needs no padding",
    dims: [1, 2, 8, 9],
    geometry: conv('channels-first', [1, 1], [3, 2], [1, 1], 'same'),
    before: [0, 0],
    outputs: [3, 5],
  },
  {
    name: '3-D, channels first',
    dims: [2, 2, 4, 3, 5],
    geometry: conv('channels-first', [2, 1, 3], [1, 2, 2], [2, 1, 1], { before: [1, 0, 1], after: [0, 0, 1] }),
    before: [1, 0, 1],
    outputs: [3, 2, 3],
  },
  {
    name: '3-D, channels last',
    dims: [2, 4, 3, 5, 2],
    geometry: conv('channels-last', [2, 1, 3], [1, 2, 2], [2, 1, 1], { before: [1, 0, 1], after: [0, 0, 1] }),
    before: [1, 0, 1],
    outputs: [3, 2, 3],
  },
];

describe('unfolding a convolution', () => {
  for (const { name, dims, geometry, before, outputs } of cases) {
    it(name, () => {
      const tap = tensorOf(dims, new Random(7));
      const channels = dims[geometry.layout === 'channels-first' ? 1 : dims.length - 1];
      const layer = { groups: 1, in: channels * elementCount(geometry.kernel) };
      const expected = reference(tap, geometry, before, outputs);
      expect(positionCount(geometry, dims)).toBe(dims[0] * elementCount(outputs));
      const vectors = inputVectors(layer, geometry, tap, all(geometry, tap));
      expect(vectors.cols).toBe(layer.in);
      expect(Array.from(vectors.data)).toEqual(expected.flat());
    });
  }

  it('takes any positions in any order, and sees no other', () => {
    const { dims, geometry, before, outputs } = cases[2];
    const tap = tensorOf(dims, new Random(8));
    const expected = reference(tap, geometry, before, outputs);
    const positions = [31, 0, 17, 17, 4];
    const vectors = inputVectors({ groups: 2, in: 2 * 6 }, geometry, tap, positions);
    expect(vectors.rows).toBe(5);
    expect(Array.from(vectors.data)).toEqual(positions.flatMap((position) => expected[position]));
  });

  it('puts the groups side by side: a depthwise layer reads one channel a group', () => {
    const geometry = conv('channels-last', [2, 2], [1, 1], [1, 1], { before: [0, 0], after: [0, 0] });
    const tap: Tensor = { dims: [1, 2, 2, 3], data: Float32Array.from([0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23]) };
    const vectors = inputVectors({ groups: 3, in: 4 }, geometry, tap, [0]);
    expect(Array.from(vectors.data)).toEqual([0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]);
  });

  it('names the dims when they do not fit the layer', () => {
    const geometry = cases[2].geometry;
    const rankThree = tensorOf([2, 4, 7], new Random(1));
    expect(() => inputVectors({ groups: 1, in: 24 }, geometry, rankThree, [0])).toThrow(/\[2, 4, 7\].*reads 4 axes/);
    const fiveChannels = tensorOf([2, 5, 7, 6], new Random(1));
    expect(() => inputVectors({ groups: 1, in: 24 }, geometry, fiveChannels, [0])).toThrow(/4 channels were expected/);
  });
});

describe('the vectors of a dense layer', () => {
  it('lie along the last axis by default', () => {
    const tap = tensorOf([2, 3, 4], new Random(3));
    expect(positionCount({ kind: 'dense' }, tap.dims)).toBe(6);
    const vectors = inputVectors({ groups: 1, in: 4 }, { kind: 'dense' }, tap, [5, 1]);
    expect(Array.from(vectors.data)).toEqual([...tap.data.slice(20, 24), ...tap.data.slice(4, 8)]);
  });

  it('lie along any axis asked for', () => {
    const tap = tensorOf([2, 3, 4], new Random(4));
    const geometry = { kind: 'dense', axis: 1 } as const;
    expect(positionCount(geometry, tap.dims)).toBe(8);
    const vectors = inputVectors({ groups: 1, in: 3 }, geometry, tap, [0, 1, 6]);
    const column = (sample: number, token: number) => [0, 1, 2].map((i) => tap.data[sample * 12 + i * 4 + token]);
    expect(Array.from(vectors.data)).toEqual([...column(0, 0), ...column(0, 1), ...column(1, 2)]);
  });

  it('counts one position for a plain feature vector', () => {
    expect(positionCount({ kind: 'dense' }, [1, 784])).toBe(1);
  });

  it('names the dims when they do not fit the layer', () => {
    const tap = tensorOf([2, 3, 4], new Random(3));
    expect(() => inputVectors({ groups: 1, in: 5 }, { kind: 'dense' }, tap, [0])).toThrow(/\[2, 3, 4\].*axis 2.*5/);
  });
});
