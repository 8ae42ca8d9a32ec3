import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import { applySteps, type Step, undoSteps } from '../../../src/models/onnx/views.js';
import { normals } from '../../support/data/arrays.js';

/** The definition of a transpose, element by element. */
function transposed(values: Float32Array, dims: number[], order: number[]): number[] {
  const sizes = order.map((axis) => dims[axis]);
  return Array.from({ length: values.length }, (_, flat) => {
    const at = new Array<number>(dims.length);
    for (let i = sizes.length - 1, rest = flat; i >= 0; i--) {
      at[order[i]] = rest % sizes[i];
      rest = Math.floor(rest / sizes[i]);
    }
    return values[at.reduce((index, coordinate, axis) => index * dims[axis] + coordinate, 0)];
  });
}

const random = new Random(61);
const cases: [dims: number[], order: number[]][] = [
  [
    [7, 5],
    [1, 0],
  ],
  // Larger than a tile, and no multiple of one.
  [
    [70, 45],
    [1, 0],
  ],
  [
    [32, 64],
    [1, 0],
  ],
  [
    [1, 33],
    [1, 0],
  ],
  [
    [3, 4, 5],
    [2, 0, 1],
  ],
  [
    [3, 3, 4, 6],
    [3, 2, 0, 1],
  ],
  [
    [2, 3, 4, 5, 2],
    [4, 0, 3, 1, 2],
  ],
];

describe('a view of a stored tensor', () => {
  for (const [dims, order] of cases) {
    it(`reads [${dims}] in the order [${order}], and writes it back`, () => {
      const stored = normals(elementCount(dims), random) as Float32Array<ArrayBuffer>;
      const steps: Step[] = [{ kind: 'transpose', order }];
      const seen = applySteps(stored, dims, steps);
      expect([...seen]).toEqual(transposed(stored, dims, order));
      expect(undoSteps(seen, dims, steps)).toEqual(stored);
    });
  }

  it('undoes steps of both kinds in turn', () => {
    const dims = [4, 6, 5];
    const steps: Step[] = [
      { kind: 'transpose', order: [2, 0, 1] },
      { kind: 'reshape', dims: [10, 12] },
      { kind: 'transpose', order: [1, 0] },
      { kind: 'reshape', dims: [3, 4, 2, 5] },
      { kind: 'transpose', order: [3, 1, 0, 2] },
    ];
    const stored = normals(120, random) as Float32Array<ArrayBuffer>;
    const seen = applySteps(stored, dims, steps);
    expect(seen).not.toEqual(stored);
    expect([...seen].sort()).toEqual([...stored].sort());
    expect(undoSteps(seen, dims, steps)).toEqual(stored);
  });
});
