import type { NodeProto } from 'onnx-buf';
import { elementCount } from '../../linalg/tensor.js';
import { type Graph, int, ints, isOperator, nodeName } from './graph.js';
import { isEditableType, type StoredTensor, smallInts, typeName } from './tensors.js';

/** One step from a stored tensor to the shape in which an operator reads it. All steps can be undone. */
export type Step =
  | { readonly kind: 'transpose'; readonly order: readonly number[] }
  | { readonly kind: 'reshape'; readonly dims: readonly number[] };

/** A stored tensor as an operator reads it. */
export interface View {
  readonly tensor: StoredTensor;
  readonly steps: readonly Step[];
  readonly dims: readonly number[];
}

/**
 * Follows a value back through views (Identity, Transpose, Reshape, Cast ...) to the stored tensor it comes from.
 * @returns the view, or a phrase that says why there is none.
 */
export function viewOf(graph: Graph, value: string): View | string {
  const path: NodeProto[] = [];
  let name = value;
  while (!graph.constants.has(name)) {
    const node = graph.producer(name);
    if (!node || graph.isActivation(name)) return 'weight is computed at run time';
    if (isOperator(node, 'DequantizeLinear')) return 'weight is quantised';
    if (!graph.isView(node)) return `weight is computed from other tensors by ${nodeName(node)}`;
    path.unshift(node);
    name = node.input[0] ?? '';
  }
  const tensor = graph.constants.get(name)!;
  let view: View = { tensor, steps: [], dims: tensor.dims };
  for (const node of path) {
    const next = applyNode(graph, node, view);
    if (typeof next === 'string') return next;
    view = next;
  }
  return view;
}

/** The view after one more step. */
export function withStep(view: View, step: Step): View {
  const dims = step.kind === 'reshape' ? step.dims : step.order.map((axis) => view.dims[axis]);
  return { tensor: view.tensor, steps: simplified(view.tensor.dims, [...view.steps, step]), dims };
}

/** Whether two views show the same tensor in the same way. */
export function equalViews(a: View, b: View): boolean {
  return a.tensor === b.tensor && JSON.stringify([a.dims, a.steps]) === JSON.stringify([b.dims, b.steps]);
}

/** The stored values in the view's order. */
export function applySteps(
  stored: Float32Array<ArrayBuffer>,
  dims: readonly number[],
  steps: readonly Step[],
): Float32Array<ArrayBuffer> {
  for (const step of steps) {
    if (step.kind === 'transpose') {
      stored = transposed(stored, dims, step.order);
      dims = step.order.map((axis) => dims[axis]);
    } else dims = step.dims;
  }
  return stored;
}

/** The inverse of `applySteps`: values of the view, back in the order in which the tensor of these dims is stored. */
export function undoSteps(values: Float32Array, dims: readonly number[], steps: readonly Step[]): Float32Array {
  const before = [dims];
  for (const step of steps) {
    const last = before[before.length - 1];
    before.push(step.kind === 'reshape' ? step.dims : step.order.map((axis) => last[axis]));
  }
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    if (step.kind === 'reshape') continue;
    const inverse = step.order.map((_, axis) => step.order.indexOf(axis));
    values = transposed(values, before[i + 1], inverse);
  }
  return values;
}

function applyNode(graph: Graph, node: NodeProto, view: View): View | string {
  const rank = view.dims.length;
  const fromEnd = (axis: number, limit: number) => (axis < 0 ? axis + limit : axis);
  switch (node.opType) {
    case 'Identity':
      return view;
    case 'Cast': {
      const type = int(node, 'to', 0);
      return isEditableType(type) ? view : `weight is cast to ${typeName(type)}`;
    }
    case 'Transpose': {
      const order = ints(node, 'perm') ?? view.dims.map((_, axis) => rank - 1 - axis);
      if (!isOrder(order, rank))
        throw graph.corrupt(nodeName(node), `perm [${order.join(', ')}] does not fit rank ${rank}`);
      return withStep(view, { kind: 'transpose', order });
    }
    case 'Flatten': {
      const axis = fromEnd(int(node, 'axis', 1), rank);
      return reshaped(graph, node, view, [elementCount(view.dims.slice(0, axis)), elementCount(view.dims.slice(axis))]);
    }
    case 'Reshape': {
      const shape = graph.constants.get(node.input[1] ?? '');
      const wanted = shape && smallInts(shape);
      if (!wanted) return 'weight is reshaped to dims computed at run time';
      const zeroCopies = int(node, 'allowzero', 0) === 0;
      const dims = wanted.map((dim, axis) => (dim === 0 && zeroCopies ? (view.dims[axis] ?? 0) : dim));
      const free = dims.indexOf(-1);
      if (free >= 0) dims[free] = view.tensor.count / elementCount(dims.filter((_, axis) => axis !== free));
      return reshaped(graph, node, view, dims);
    }
    case 'Squeeze': {
      const axes = graph.intsOf(node, 'axes', 1)?.map((axis) => fromEnd(axis, rank));
      return reshaped(
        graph,
        node,
        view,
        view.dims.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1)),
      );
    }
    default: {
      const axes = graph.intsOf(node, 'axes', 1);
      if (!axes) return 'weight is reshaped to dims computed at run time';
      const inserted = new Set(axes.map((axis) => fromEnd(axis, rank + axes.length)));
      const kept = [...view.dims];
      return reshaped(
        graph,
        node,
        view,
        Array.from({ length: rank + axes.length }, (_, axis) => (inserted.has(axis) ? 1 : kept.shift()!)),
      );
    }
  }
}

function reshaped(graph: Graph, node: NodeProto, view: View, dims: readonly number[]): View {
  if (!dims.every((dim) => Number.isInteger(dim) && dim >= 0) || elementCount(dims) !== view.tensor.count) {
    throw graph.corrupt(nodeName(node), `can't make dims [${dims.join(', ')}] of [${view.dims.join(', ')}]`);
  }
  return withStep(view, { kind: 'reshape', dims });
}

function isOrder(order: readonly number[], rank: number): boolean {
  return order.length === rank && order.every((_, axis) => order.includes(axis));
}

/** Drops what changes nothing and merges neighbours, so that equal views have equal steps. */
function simplified(dims: readonly number[], steps: readonly Step[]): Step[] {
  const kept: Step[] = [];
  for (const step of steps) {
    const last = kept[kept.length - 1];
    if (step.kind === 'reshape') {
      if (last?.kind === 'reshape') kept.pop();
      kept.push(step);
    } else {
      const merged = last?.kind === 'transpose' ? step.order.map((axis) => last.order[axis]) : step.order;
      if (last?.kind === 'transpose') kept.pop();
      if (merged.some((from, axis) => from !== axis)) kept.push({ kind: 'transpose', order: merged });
    }
  }
  let current = dims;
  return kept.filter((step) => {
    const before = current;
    current = step.kind === 'reshape' ? step.dims : step.order.map((axis) => current[axis]);
    return step.kind === 'transpose' || before.join() !== current.join();
  });
}

/** Values of a row-major tensor in the row-major order of its transpose. */
function transposed(
  values: Float32Array,
  dims: readonly number[],
  order: readonly number[],
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(values.length);
  const rank = dims.length;
  if (rank === 2) {
    transposeMatrix(values, dims[0], dims[1], result);
    return result;
  }
  const strides = dims.map((_, axis) => elementCount(dims.slice(axis + 1)));
  const sizes = order.map((axis) => dims[axis]);
  const steps = order.map((axis) => strides[axis]);
  const last = rank - 1;
  const at = new Array<number>(rank).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; ) {
    for (let i = 0, source = from; i < sizes[last]; i++, source += steps[last]) result[to++] = values[source];
    // Move on by one in the next-to-last axis, carrying like an odometer.
    for (let axis = last - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++at[axis] < sizes[axis]) break;
      from -= steps[axis] * sizes[axis];
      at[axis] = 0;
    }
  }
  return result;
}

/** In tiles, so that a large matrix is not read down its columns line by line: ten times as fast. */
function transposeMatrix(values: Float32Array, rows: number, cols: number, result: Float32Array): void {
  const tile = 32;
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(rows, top + tile);
    for (let left = 0; left < cols; left += tile) {
      const right = Math.min(cols, left + tile);
      for (let row = top; row < bottom; row++) {
        for (let col = left; col < right; col++) result[col * rows + row] = values[row * cols + col];
      }
    }
  }
}
