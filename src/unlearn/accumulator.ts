import { type Matrix, matrix, rowsOf } from '../linalg/matrix.js';
import {
  addGram,
  type SymmetricTiles,
  symmetricBytes,
  symmetricZeros,
  type Tiling,
  tileWidth,
  tilingOf,
} from '../linalg/tiles.js';
import { cheaperForm, dualMoment, type Moment, momentBytes, primalMoment, stripTiling } from './moment.js';
import type { ProjectionProblem } from './stream.js';

/** Builds the moments of one problem's groups from batches of input vectors. */
export interface Accumulator {
  /** @param vectors n x (groups * in), as `VectorBatch` has them; they are copied. */
  add(vectors: Matrix, signal?: AbortSignal): Promise<void>;
  /** The moments, one a group. Call it once, after the last `add`. */
  finish(signal?: AbortSignal): Promise<Moment[]>;
}

/** The cheaper kind of accumulator for `count` vectors to come (more are refused, fewer are fine). */
export function accumulatorFor(problem: ProjectionProblem, count: number): Accumulator {
  return cheaperForm(problem, count) === 'primal'
    ? new PrimalAccumulator(problem, count)
    : new DualAccumulator(problem, count);
}

/** Bytes that `accumulatorFor` takes at its largest. */
export function accumulatorBytes(problem: ProjectionProblem, count: number): number {
  const finished = momentBytes(problem, count);
  if (cheaperForm(problem, count) === 'dual') return finished;
  const columns = problem.groups * problem.in;
  const packs = packsOf(problem).reduce((sum, pack) => sum + symmetricBytes(pack.tiling), 0);
  return finished + (problem.groups > 1 ? packs : 0) + 4 * bufferSize(columns, count) * columns;
}

/** Small groups are multiplied together up to so many columns: faster than many tiny products, though only the diagonal
 * blocks of the result are of use. */
const PACK_COLUMNS = 128;

/** Neighbouring groups whose moments are computed in one. */
interface Pack {
  readonly groups: number;
  readonly tiling: Tiling;
}

function packsOf({ groups, in: size }: ProjectionProblem): Pack[] {
  const most = Math.max(1, Math.floor(PACK_COLUMNS / size));
  return Array.from({ length: Math.ceil(groups / most) }, (_, index) => {
    const count = Math.min(most, groups - index * most);
    return { groups: count, tiling: tilingOf(count * size) };
  });
}

/** Vectors that are gathered before they are multiplied: enough for full speed, at most 64 MiB. */
function bufferSize(columns: number, count: number): number {
  const most = Math.max(64, Math.min(2048, Math.floor(2 ** 24 / columns)));
  const even = Math.ceil(count / Math.max(1, Math.ceil(count / most)));
  return Math.ceil(Math.max(1, even) / 16) * 16;
}

class PrimalAccumulator implements Accumulator {
  readonly #problem: ProjectionProblem;
  /** `strips` hold the vectors as columns, so that products run along memory. */
  readonly #packs: { readonly groups: number; readonly second: SymmetricTiles; readonly strips: Matrix[] }[];
  readonly #capacity: number;
  #filled = 0;

  constructor(problem: ProjectionProblem, count: number) {
    this.#problem = problem;
    this.#capacity = bufferSize(problem.groups * problem.in, count);
    this.#packs = packsOf(problem).map(({ groups, tiling }) => ({
      groups,
      second: symmetricZeros(tiling),
      strips: Array.from({ length: tiling.count }, (_, i) => matrix(tileWidth(tiling, i), this.#capacity)),
    }));
  }

  async add(vectors: Matrix, signal?: AbortSignal): Promise<void> {
    for (let row = 0; row < vectors.rows; ) {
      const count = Math.min(vectors.rows - row, this.#capacity - this.#filled);
      this.#copy(vectors, row, count);
      this.#filled += count;
      row += count;
      if (this.#filled === this.#capacity) await this.#flush(signal);
    }
  }

  async finish(signal?: AbortSignal): Promise<Moment[]> {
    if (this.#filled > 0) await this.#flush(signal);
    const seconds = this.#packs.flatMap(({ groups, second }) =>
      groups === 1 ? [second] : diagonalBlocks(second.lower[0][0], groups),
    );
    return seconds.map((second) => primalMoment(this.#problem, second));
  }

  #copy(vectors: Matrix, first: number, count: number): void {
    let column = 0;
    for (const { strips } of this.#packs) {
      for (const strip of strips) {
        // Sixteen vectors at a time fill whole cache lines of the transposed copy.
        for (let r = 0; r < count; r += 16) {
          transpose(vectors, first + r, column, Math.min(16, count - r), strip, this.#filled + r);
        }
        column += strip.rows;
      }
    }
  }

  async #flush(signal?: AbortSignal): Promise<void> {
    for (const { second, strips } of this.#packs) {
      for (const { rows, cols, data } of strips) {
        for (let r = 0; r < rows; r++) data.fill(0, r * cols + this.#filled, (r + 1) * cols);
      }
      await addGram(second, strips, signal);
    }
    this.#filled = 0;
  }
}

/** Copies `count` rows of `from`, beginning at (row, column), to the columns of `to` that begin at `place`. */
function transpose(from: Matrix, row: number, column: number, count: number, to: Matrix, place: number): void {
  for (let c = 0; c < to.rows; c++) {
    let source = row * from.cols + column + c;
    let target = c * to.cols + place;
    for (let r = 0; r < count; r++, source += from.cols) to.data[target++] = from.data[source];
  }
}

/** The square blocks on the diagonal of a pack's product. */
function diagonalBlocks(product: Matrix, groups: number): SymmetricTiles[] {
  const size = product.cols / groups;
  return Array.from({ length: groups }, (_, group) => {
    const block = matrix(size, size);
    for (let r = 0; r < size; r++) {
      const from = (group * size + r) * product.cols + group * size;
      block.data.set(product.data.subarray(from, from + size), r * size);
    }
    return { tiling: tilingOf(size), lower: [[block]] };
  });
}

class DualAccumulator implements Accumulator {
  readonly #problem: ProjectionProblem;
  readonly #tiling: Tiling;
  /** By group: strips of rows. */
  readonly #strips: Matrix[][];
  #filled = 0;

  constructor(problem: ProjectionProblem, count: number) {
    this.#problem = problem;
    this.#tiling = stripTiling(count, problem.in);
    this.#strips = Array.from({ length: problem.groups }, () => []);
  }

  async add(vectors: Matrix): Promise<void> {
    const { width, length } = this.#tiling;
    if (this.#filled + vectors.rows > length) {
      throw new RangeError(`"${this.#problem.id}": ${length} vectors were announced and more came`);
    }
    const size = this.#problem.in;
    for (const [group, strips] of this.#strips.entries()) {
      for (let row = 0; row < vectors.rows; row++) {
        const to = this.#filled + row;
        const strip = Math.floor(to / width);
        if (strip === strips.length) strips.push(matrix(tileWidth(this.#tiling, strip), size));
        const from = row * vectors.cols + group * size;
        strips[strip].data.set(vectors.data.subarray(from, from + size), (to - strip * width) * size);
      }
    }
    this.#filled += vectors.rows;
  }

  async finish(signal?: AbortSignal): Promise<Moment[]> {
    const { width } = this.#tiling;
    const tiling = { length: this.#filled, width, count: Math.ceil(this.#filled / width) };
    const moments: Moment[] = [];
    for (const strips of this.#strips) {
      const full = strips.map((strip, i) => rowsOf(strip, 0, tileWidth(tiling, i)));
      const gram = symmetricZeros(tiling);
      await addGram(gram, full, signal);
      moments.push(dualMoment(this.#problem, gram, full));
    }
    return moments;
  }
}
