import { breathe } from '../base/abort.js';
import type { BoundaryMap } from '../contract/explain.js';
import type { Work } from '../contract/progress.js';
import { elementCount, type Tensor } from '../linalg/tensor.js';
import type { Classifier } from '../models/classifier.js';
import { answerOf, checkFinite } from '../models/logits.js';
import type { Interval } from './plane.js';

/** Points along each side of the first, coarse grid. */
const COARSE = 17;
/** Bytes and number of points that are made and run at a time. */
const CHUNK_BYTES = 64 * 2 ** 20;
const CHUNK_POINTS = 512;

/** The part of a plane to map. */
export interface Region {
  readonly x: Interval;
  readonly y: Interval;
  /** Points along each side of the finest grid: 2^k + 1, at least 17. */
  readonly size: number;
  /** The models' input at some points. */
  inputAt(points: readonly (readonly [x: number, y: number])[]): Tensor;
}

export interface BoundaryOptions extends Work {
  /** Told the whole grid after every refinement, the last one too: one map a model, of `size` points along each side. */
  readonly onGrid?: (size: number, maps: readonly BoundaryMap[]) => void;
}

/**
 * Maps what models answer over a plane. A coarse grid comes first; then, level by level, the cells are halved whose corners do not
 * agree in some model's class, with the same points for all models. Where they agree the class is taken from the corners and the
 * confidence is interpolated, so a region that is smaller than the cells of the coarse grid may be missed.
 * @returns one map a model, and how many points were run.
 * @throws LetheError `model-corrupt` if logits are not finite, `cancelled`.
 */
export async function mapBoundary(
  models: readonly Classifier[],
  region: Region,
  options: BoundaryOptions = {},
): Promise<{ readonly maps: readonly BoundaryMap[]; readonly evaluated: number }> {
  const { size } = region;
  const levels = Math.log2((size - 1) / (COARSE - 1));
  if (!(Number.isInteger(levels) && levels >= 0)) throw new RangeError(`a grid of ${size} points a side`);
  const grid = new Grid(models, region);
  for (let level = 0; level <= levels; level++) {
    const step = (size - 1) / (COARSE - 1) / 2 ** level;
    const points = (size - 1) / step + 1;
    const work = levelWork(options, level, levels + 1, `${points} x ${points} points`);
    if (level === 0) await grid.evaluate(grid.pointsAt(step), work);
    else await grid.refine(2 * step, work);
    options.onGrid?.(points, grid.maps(step));
    await breathe(options.signal);
  }
  return { maps: grid.maps(1), evaluated: grid.evaluated };
}

/** Progress of one level as a hundredth part of all of them. */
function levelWork({ signal, onProgress }: Work, level: number, levels: number, detail: string): Work {
  return {
    signal,
    onProgress: ({ done, total }) =>
      onProgress?.({
        phase: 'boundary',
        done: Math.round(100 * (level + done / total)),
        total: 100 * levels,
        detail,
      }),
  };
}

/** All points of the finest grid, and what is known of them. */
class Grid {
  evaluated = 0;
  readonly #size: number;
  readonly #known: Uint8Array;
  readonly #maps: readonly BoundaryMap[];

  constructor(
    private readonly models: readonly Classifier[],
    private readonly region: Region,
  ) {
    this.#size = region.size;
    this.#known = new Uint8Array(region.size ** 2);
    this.#maps = models.map(() => ({
      classes: new Uint16Array(region.size ** 2),
      confidence: new Float32Array(region.size ** 2),
    }));
  }

  /** Indices of the points of a grid with this step. */
  pointsAt(step: number): number[] {
    const points: number[] = [];
    for (let row = 0; row < this.#size; row += step) {
      for (let column = 0; column < this.#size; column += step) points.push(row * this.#size + column);
    }
    return points;
  }

  /** A copy of what the grid with this step holds. */
  maps(step: number): BoundaryMap[] {
    const points = this.pointsAt(step);
    return this.#maps.map(({ classes, confidence }) => ({
      classes: Uint16Array.from(points, (point) => classes[point]),
      confidence: Float32Array.from(points, (point) => confidence[point]),
    }));
  }

  /** Runs the models at these points. */
  async evaluate(points: readonly number[], { signal, onProgress }: Work): Promise<void> {
    const { x, y, inputAt } = this.region;
    const last = this.#size - 1;
    const place = (point: number): [number, number] => [
      x[0] + ((x[1] - x[0]) * (point % this.#size)) / last,
      y[0] + ((y[1] - y[0]) * Math.floor(point / this.#size)) / last,
    ];
    const length = elementCount(inputAt([place(0)]).dims);
    const most = Math.max(1, Math.min(CHUNK_POINTS, Math.floor(CHUNK_BYTES / 4 / length)));
    for (let start = 0; start < points.length; start += most) {
      const part = points.slice(start, start + most);
      const input = inputAt(part.map(place));
      for (const [model, classifier] of this.models.entries()) {
        await breathe(signal);
        const { logits } = await classifier.forward(input, { signal });
        checkFinite(classifier, logits);
        const { classes, confidence } = this.#maps[model];
        for (const [at, point] of part.entries()) {
          const answer = answerOf(logits.data, at * classifier.classCount, classifier.classCount);
          classes[point] = answer.predicted;
          confidence[point] = answer.confidence;
        }
      }
      for (const point of part) this.#known[point] = 1;
      this.evaluated += part.length;
      onProgress?.({ phase: 'boundary', done: start + part.length, total: points.length });
    }
  }

  /** From a grid with this step to one with half of it. */
  async refine(step: number, work: Work): Promise<void> {
    const half = step / 2;
    // A corner that was filled from its neighbours may turn out to be of another class, and so divide the cells around it too.
    for (;;) {
      const wanted = new Set<number>();
      for (const corner of this.#cells(step)) {
        if (this.#agree(corner, step)) continue;
        for (let row = 0; row <= step; row += half) {
          for (let column = 0; column <= step; column += half) {
            const point = corner + row * this.#size + column;
            if (this.#known[point] === 0) wanted.add(point);
          }
        }
      }
      if (wanted.size === 0) break;
      await this.evaluate([...wanted], work);
    }
    for (const corner of this.#cells(step)) if (this.#agree(corner, step)) this.#fill(corner, step);
  }

  /** The first corner of every cell. */
  *#cells(step: number): Generator<number> {
    for (let row = 0; row + step < this.#size; row += step) {
      for (let column = 0; column + step < this.#size; column += step) yield row * this.#size + column;
    }
  }

  #agree(corner: number, step: number): boolean {
    const down = step * this.#size;
    return this.#maps.every(({ classes }) => {
      const first = classes[corner];
      return (
        first === classes[corner + step] && first === classes[corner + down] && first === classes[corner + down + step]
      );
    });
  }

  /** Fills the points in the middle and on the edges, but those that were run for a cell beside it. */
  #fill(corner: number, step: number): void {
    const half = step / 2;
    for (let row = 0; row <= step; row += half) {
      for (let column = 0; column <= step; column += half) {
        const point = corner + row * this.#size + column;
        const isCorner = row % step === 0 && column % step === 0;
        if (isCorner || this.#known[point] === 1) continue;
        const [down, right] = [row / step, column / step];
        for (const { classes, confidence } of this.#maps) {
          const at = (rows: number, columns: number) => confidence[corner + rows * this.#size + columns];
          const above = (1 - right) * at(0, 0) + right * at(0, step);
          const below = (1 - right) * at(step, 0) + right * at(step, step);
          classes[point] = classes[corner];
          confidence[point] = (1 - down) * above + down * below;
        }
      }
    }
  }
}
