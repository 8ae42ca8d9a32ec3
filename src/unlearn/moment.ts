import { LetheError } from '../base/errors.js';
import { type Matrix, scale } from '../linalg/matrix.js';
import { type SymmetricTiles, symmetricBytes, tilingOf, traceOf } from '../linalg/tiles.js';
import type { ProjectionProblem } from './stream.js';

/** C = X^T X / ||X||^2 for n input vectors, the rows of X (n x in): all there is to know once n is large. */
export interface PrimalMoment {
  readonly form: 'primal';
  readonly second: SymmetricTiles;
}

/** K = X X^T / ||X||^2 and X / ||X||, for few vectors. `strips` are the rows of X, cut as K is. */
export interface DualMoment {
  readonly form: 'dual';
  readonly gram: SymmetricTiles;
  readonly strips: readonly Matrix[];
}

/** No vector at all, or none but zeros: the empty space, P = 0. */
export interface EmptyMoment {
  readonly form: 'empty';
}

/** The second moment of one group's input vectors, normalised to trace 1. */
export type Moment = PrimalMoment | DualMoment | EmptyMoment;

/** How often a space is expected to be factored and applied: weighs the cost of collecting against that of using. */
const EXPECTED_USES = 2;
/** Most floats in one strip of vectors (64 MiB). */
const STRIP_FLOATS = 2 ** 24;

/**
 * Which form takes fewer multiply-adds for `count` vectors: the moment, and for each use a Cholesky factor and two
 * triangular solves for the weight's rows; the dual also carries the rows to the vectors and back.
 */
export function cheaperForm(problem: ProjectionProblem, count: number): 'primal' | 'dual' {
  const size = problem.in;
  if (count >= size) return 'primal';
  const rows = problem.out / problem.groups;
  const use = (n: number) => n ** 3 / 6 + n * n * rows;
  const primal = (count * size * size) / 2 + EXPECTED_USES * use(size);
  const dual = (count * count * size) / 2 + EXPECTED_USES * use(count) + (1 + EXPECTED_USES) * count * size * rows;
  return dual < primal ? 'dual' : 'primal';
}

/** How a dual's vectors are cut into strips. */
export function stripTiling(count: number, size: number) {
  return tilingOf(count, Math.max(16, Math.min(512, Math.floor(STRIP_FLOATS / size))));
}

/** Bytes of a problem's finished moments on one side. */
export function momentBytes(problem: ProjectionProblem, count: number): number {
  const size = problem.in;
  const group =
    cheaperForm(problem, count) === 'primal'
      ? symmetricBytes(tilingOf(size))
      : symmetricBytes(stripTiling(count, size)) + 4 * count * size;
  return problem.groups * group;
}

/** Divides X^T X by its trace, in place. @throws LetheError `model-corrupt` if it is not finite. */
export function primalMoment(problem: ProjectionProblem, second: SymmetricTiles): Moment {
  const trace = finiteTrace(problem, second);
  if (trace === 0) return { form: 'empty' };
  for (const tile of second.lower.flat()) scale(tile, 1 / trace);
  return { form: 'primal', second };
}

/** Divides X X^T by its trace and X by the root of it, in place. @throws LetheError `model-corrupt` if not finite. */
export function dualMoment(problem: ProjectionProblem, gram: SymmetricTiles, strips: readonly Matrix[]): Moment {
  const trace = finiteTrace(problem, gram);
  if (trace === 0) return { form: 'empty' };
  for (const tile of gram.lower.flat()) scale(tile, 1 / trace);
  for (const strip of strips) scale(strip, 1 / Math.sqrt(trace));
  return { form: 'dual', gram, strips };
}

function finiteTrace(problem: ProjectionProblem, symmetric: SymmetricTiles): number {
  const trace = traceOf(symmetric);
  if (Number.isFinite(trace)) return trace;
  throw notFinite(problem.id);
}

/** What is wrong with a layer whose input vectors can't be summed. */
export function notFinite(layer: string): LetheError {
  return new LetheError('model-corrupt', {
    message: 'the values that reach it are not finite (NaN, or too large for 32-bit floats)',
    place: `layer "${layer}"`,
    hint: 'Check the weights and the input settings, or leave the layer out of those to edit (--layers).',
  });
}
