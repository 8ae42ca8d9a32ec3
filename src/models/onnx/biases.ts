import { elementCount } from '../../linalg/tensor.js';
import { float, type Graph, isOperator } from './graph.js';
import type { WeightUse } from './operators.js';
import { alsoUsed, type Read } from './readers.js';
import { isEditableType, type StoredTensor } from './tensors.js';
import { equalViews, type View, viewOf, withStep } from './views.js';

/** Where a layer's bias is stored. */
export interface Bias {
  /** One value a row of the weight. */
  readonly vector: View;
  /** Stored values times this are the bias beside the stored weight: Gemm multiplies each by a number of its own. */
  readonly scale: number;
}

/**
 * The bias of a layer: one stored value a row, the same at every site of the weight, and read by nobody else.
 * @param overlaps tensors that share bytes in a file with others
 */
export function biasOf(
  graph: Graph,
  sites: readonly WeightUse[],
  overlaps: ReadonlyMap<StoredTensor, string>,
): Bias | undefined {
  const found = sites.map((site) => biasAt(graph, site));
  const [first] = found;
  if (!first) return undefined;
  const same = found.every((one) => one && one.scale === first.scale && equalViews(one.vector, first.vector));
  const { tensor } = first.vector;
  if (!same || !isEditableType(tensor.type) || !tensor.range || overlaps.has(tensor)) return undefined;
  const reads = found.flatMap((one) => one?.read ?? []);
  return alsoUsed(graph, tensor, reads) ? undefined : { vector: first.vector, scale: first.scale };
}

function biasAt(graph: Graph, use: WeightUse): (Bias & { readonly read: Read }) | undefined {
  const place = placeOfBias(graph, use);
  if (!place || !Number.isFinite(place.scale) || place.scale === 0) return undefined;
  const { read, scale, axis } = place;
  const view = viewOf(graph, read.node.input[read.index] ?? '');
  if (typeof view === 'string') return undefined;
  const [out] = use.matrix.dims;
  if (!isOneForEachRow(view.dims, out, axis)) return undefined;
  return { vector: withStep(view, { kind: 'reshape', dims: [out] }), scale, read };
}

interface Place {
  readonly read: Read;
  readonly scale: number;
  /** The axis of the bias that goes with the weight's rows, counted from the back as for broadcasting. */
  readonly axis: number;
}

/** The operator's own input for a bias, or else the other operand of an Add that is all that reads the product. */
function placeOfBias(graph: Graph, use: WeightUse): Place | undefined {
  const { node } = use;
  const alpha = isOperator(node, 'Gemm') ? float(node, 'alpha', 1) : 1;
  const beta = isOperator(node, 'Gemm') ? float(node, 'beta', 1) : 1;
  if (!isOperator(node, 'MatMul') && (node.input[2] ?? '') !== '') {
    const axis = isOperator(node, 'Conv') ? -1 : rowAxis(use);
    return { read: { node, index: 2 }, scale: beta / alpha, axis };
  }
  const [product] = node.output;
  const [reader, ...others] = graph.uses(product);
  const isAdd = reader && others.length === 0 && !reader.nested && isOperator(reader.node, 'Add');
  if (!isAdd || graph.isOutput(product)) return undefined;
  return { read: { node: reader.node, index: 1 - reader.index }, scale: 1 / alpha, axis: rowAxis(use) };
}

/** The axis of a product that the weight's rows lie along, counted from the back. */
function rowAxis({ geometry, index }: WeightUse): number {
  if (geometry.kind === 'conv') return -1 - geometry.kernel.length;
  return index === 1 ? -1 : -2;
}

function isOneForEachRow(dims: readonly number[], out: number, axis: number): boolean {
  return elementCount(dims) === out && (out === 1 || dims[dims.length + axis] === out);
}
