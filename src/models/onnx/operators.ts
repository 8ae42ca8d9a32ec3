import type { NodeProto } from 'onnx-buf';
import { elementCount } from '../../linalg/tensor.js';
import type { ConvGeometry, Geometry, Layer } from '../classifier.js';
import { type Graph, int, ints, isOperator, nodeName, text } from './graph.js';
import { type View, viewOf, withStep } from './views.js';

/** One place where a stored weight multiplies an activation. */
export interface WeightUse {
  readonly node: NodeProto;
  /** Which of the node's inputs the weight is. */
  readonly index: number;
  /** The value that holds the input vectors. */
  readonly tap: string;
  readonly geometry: Geometry;
  readonly kind: Layer['kind'];
  readonly groups: number;
  /** The weight as `out` x `in`. */
  readonly matrix: View;
}

/**
 * What a node does with a stored weight.
 * @returns undefined for a node that has no weight, a phrase if it has one that can't be projected.
 */
export function weightUse(graph: Graph, node: NodeProto): WeightUse | string | undefined {
  if (isOperator(node, 'Conv')) return convUse(graph, node);
  if (isOperator(node, 'Gemm'))
    return productUse(graph, node, int(node, 'transA', 0) === 1, int(node, 'transB', 0) === 1);
  if (isOperator(node, 'MatMul')) return productUse(graph, node, false, false);
  return undefined;
}

function convUse(graph: Graph, node: NodeProto): WeightUse | string {
  const [tap, weight] = node.input;
  const view = viewOf(graph, weight ?? '');
  if (typeof view === 'string') return view;
  if (!graph.isActivation(tap)) return 'its input does not depend on the model input';
  const [out, perGroup, ...kernel] = view.dims;
  const groups = int(node, 'group', 1);
  const bad = (what: string) => graph.corrupt(nodeName(node), what);
  if (kernel.length < 1 || view.tensor.count === 0) throw bad(`weight has dims [${view.dims.join(', ')}]`);
  if (kernel.length > 3) return `a ${kernel.length}-D convolution`;
  if (groups < 1 || out % groups !== 0) throw bad(`${out} output channels can't be cut into ${groups} groups`);
  const declaredKernel = ints(node, 'kernel_shape') ?? kernel;
  if (declaredKernel.join() !== kernel.join()) {
    throw bad(`kernel_shape [${declaredKernel.join(', ')}] is not the weight's [${kernel.join(', ')}]`);
  }
  const geometry = convGeometry(node, kernel);
  if (typeof geometry === 'string') throw bad(geometry);
  return {
    node,
    index: 1,
    tap,
    geometry,
    kind: groups > 1 && perGroup === 1 ? 'depthwise' : 'conv',
    groups,
    matrix: withStep(view, { kind: 'reshape', dims: [out, perGroup * elementCount(kernel)] }),
  };
}

/** The geometry a Conv node describes, or what is wrong with it. */
function convGeometry(node: NodeProto, kernel: readonly number[]): ConvGeometry | string {
  const ones = kernel.map(() => 1);
  const strides = ints(node, 'strides') ?? ones;
  const dilations = ints(node, 'dilations') ?? ones;
  const pads = ints(node, 'pads') ?? kernel.flatMap(() => [0, 0]);
  const positive = (list: readonly number[]) =>
    list.length === kernel.length && list.every((value) => value >= 1 && value < 2 ** 31);
  if (!positive(strides)) return `strides [${strides.join(', ')}] do not fit a ${kernel.length}-D convolution`;
  if (!positive(dilations)) return `dilations [${dilations.join(', ')}] do not fit a ${kernel.length}-D convolution`;
  if (pads.length !== 2 * kernel.length || !pads.every((value) => value >= 0 && value < 2 ** 31)) {
    return `pads [${pads.join(', ')}] do not fit a ${kernel.length}-D convolution`;
  }
  const explicit = { before: pads.slice(0, kernel.length), after: pads.slice(kernel.length) };
  const zero = kernel.map(() => 0);
  const paddings: Record<string, ConvGeometry['padding']> = {
    NOTSET: explicit,
    VALID: { before: zero, after: zero },
    SAME_UPPER: 'same',
    SAME_LOWER: 'same-lower',
  };
  const padding = paddings[text(node, 'auto_pad', 'NOTSET')];
  if (!padding) return `auto_pad "${text(node, 'auto_pad', '')}" is unknown`;
  return { kind: 'conv', layout: 'channels-first', kernel, strides, dilations, padding };
}

/**
 * A matrix product A B with one side stored. The rows of A and the columns of B are vectors: with the weight on the right
 * the input vectors lie along A's last axis and the weight is B transposed, on the left along B's next-to-last one.
 */
function productUse(
  graph: Graph,
  node: NodeProto,
  transposeA: boolean,
  transposeB: boolean,
): WeightUse | string | undefined {
  const [a = '', b = ''] = node.input;
  const right = !graph.isActivation(b);
  if (!right && graph.isActivation(a)) return undefined;
  if (right && !graph.isActivation(a)) return 'its input does not depend on the model input';
  const view = viewOf(graph, right ? b : a);
  if (typeof view === 'string') return view;
  const flat = asMatrix(view, right);
  if (typeof flat === 'string') return flat;
  const isStoredAsOutIn = right ? transposeB : !transposeA;
  // The vectors lie across the side that is multiplied first: see above; a transposed activation turns that around.
  const lastAxis = right ? !transposeA : transposeB;
  return {
    node,
    index: right ? 1 : 0,
    tap: right ? a : b,
    geometry: lastAxis ? { kind: 'dense' } : { kind: 'dense', axis: -2 },
    kind: 'dense',
    groups: 1,
    matrix: isStoredAsOutIn ? flat : withStep(flat, { kind: 'transpose', order: [1, 0] }),
  };
}

/** Drops leading axes of size 1; a single vector is a matrix with one output. */
function asMatrix(view: View, right: boolean): View | string {
  const { dims } = view;
  if (view.tensor.count === 0) return 'weight is empty';
  if (dims.length === 0) return 'weight is a single number';
  if (dims.length === 1) return withStep(view, { kind: 'reshape', dims: right ? [dims[0], 1] : [1, dims[0]] });
  if (elementCount(dims.slice(0, -2)) !== 1)
    return 'weight is a stack of matrices, each for its own slice of the input';
  return withStep(view, { kind: 'reshape', dims: dims.slice(-2) });
}
