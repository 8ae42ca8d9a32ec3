import { type Matrix, matrix, rowsOf } from '../linalg/matrix.js';
import type { ByteCache } from './cache.js';
import { type GroupSpace, groupSpace } from './groupSpace.js';
import type { Moment } from './moment.js';
import type { ProjectionProblem } from './stream.js';

/** What a space needs to know of a weight's rows, by group; independent of alpha. */
export type Coordinates = readonly (readonly Matrix[])[];

/** The space that one side's input vectors of one layer span: one independent space for each group of the weight. */
export class Space {
  readonly problem: ProjectionProblem;
  readonly groups: readonly GroupSpace[];

  /** @param key names the space in the cache. */
  constructor(problem: ProjectionProblem, moments: readonly Moment[], cache: ByteCache, key: string) {
    this.problem = problem;
    this.groups = moments.map((moment, g) => groupSpace(moment, problem.in, cache, `${key}/${g}`));
  }

  /** @param rows rows of all groups, equally many a group, each `problem.in` long. */
  async coordinates(rows: Matrix, signal?: AbortSignal): Promise<Coordinates> {
    const perGroup = rows.rows / this.groups.length;
    const coordinates: Matrix[][] = [];
    for (const [g, group] of this.groups.entries()) {
      coordinates.push(await group.coordinates(rowsOf(rows, g * perGroup, (g + 1) * perGroup), signal));
    }
    return coordinates;
  }

  /** target += sign * rows P(alpha), for the rows whose coordinates these are. */
  async addProjection(
    target: Matrix,
    coordinates: Coordinates,
    alpha: number,
    sign: 1 | -1,
    signal?: AbortSignal,
  ): Promise<void> {
    const perGroup = target.rows / this.groups.length;
    for (const [g, group] of this.groups.entries()) {
      const part = rowsOf(target, g * perGroup, (g + 1) * perGroup);
      await group.addProjection(part, coordinates[g], alpha, sign, signal);
    }
  }

  /** rows P(alpha). */
  async apply(rows: Matrix, alpha: number, signal?: AbortSignal): Promise<Matrix> {
    const projected = matrix(rows.rows, rows.cols);
    await this.addProjection(projected, await this.coordinates(rows, signal), alpha, 1, signal);
    return projected;
  }

  /** The effective dimension trace P(alpha), over all groups. */
  async dimension(alpha: number, signal?: AbortSignal): Promise<number> {
    let dimension = 0;
    for (const group of this.groups) dimension += await group.dimension(alpha, signal);
    return dimension;
  }

  /**
   * The `count` largest normalised squared singular values (`problem.in` of them if that is less), largest first. With
   * groups, value i is the mean of the groups' values of rank i, over the groups that are not empty: every group is
   * normalised by itself, so this is the spectrum of a typical group, and it sums to 1 as one group's does.
   */
  async spectrum(count = 64, signal?: AbortSignal): Promise<number[]> {
    const sum = new Array<number>(Math.min(count, this.problem.in)).fill(0);
    let filled = 0;
    for (const group of this.groups) {
      const { values } = await group.eigen(count, signal);
      if (values.length > 0) filled++;
      for (const [rank, value] of values.entries()) sum[rank] += Math.max(0, value);
    }
    return sum.map((value) => value / Math.max(1, filled));
  }
}

/** Bytes of coordinates, for the cache. */
export function coordinateBytes(coordinates: Coordinates): number {
  let bytes = 0;
  for (const group of coordinates) for (const panel of group) bytes += panel.data.byteLength;
  return bytes;
}
