import type { NodeProto } from 'onnx-buf';
import type { ActivationPoint } from '../classifier.js';
import { type Frontier, neededFor } from '../order.js';
import { type Graph, inDefaultDomain, ints, type NodeOperation } from './graph.js';
import { nodePath, UniqueNames } from './names.js';
import type { Dims } from './outputs.js';

/** Operators that keep the meaning of their input's axes. */
const ELEMENTWISE = new Set(
  (
    'Identity Cast Dropout Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Swish Mish Softplus Softsign ' +
    'Tanh Clip Erf Sqrt BatchNormalization InstanceNormalization GroupNormalization LRN Pad Resize MaxPool AveragePool ' +
    'Add Sub Mul Div Sum Max Min Where Concat'
  ).split(' '),
);

/** Operators whose results are worth starting from: layers, what follows them, and where branches meet. */
const POINTS = new Set([...ELEMENTWISE, 'Conv', 'Gemm', 'MatMul', 'LayerNormalization']);

/** A value that alone decides the logits, before its dims are known. */
export interface Cut {
  readonly value: string;
  readonly name: string;
  readonly layout?: 'channels-first' | 'channels-last';
}

/** The values that every path from the input to the logits goes through: a forward pass may start from any of them. */
export function findCuts({ operations }: Graph, places: readonly Frontier<NodeOperation>[], logits: string): Cut[] {
  const layouts = axisMeanings(neededFor(operations, [logits]).map(({ node }) => node));
  const names = new UniqueNames();
  return places.flatMap(({ behind: { node }, open: [value, ...others] }) => {
    if (value !== node.output[0] || others.length > 0 || !inDefaultDomain(node) || !POINTS.has(node.opType)) return [];
    return [{ value, name: names.add(`${nodePath(node)} (${node.opType})`), layout: layouts.get(value) }];
  });
}

/** The cuts whose dims have a meaning: spatial maps, token sequences and feature vectors. */
export function activationPoints(cuts: readonly Cut[], dimsOf: (value: string) => Dims): ActivationPoint[] {
  return cuts.flatMap(({ value, name, layout }): ActivationPoint[] => {
    const dims = dimsOf(value)?.slice(1);
    if (!dims) return [];
    if (layout && dims.length >= 2) {
      const space = layout === 'channels-first' ? dims.slice(1) : dims.slice(0, -1);
      return space.some((size) => size !== 1) ? [{ id: value, name, dims, layout }] : [];
    }
    if (!layout && dims.length === 2) return [{ id: value, name, dims, layout: 'tokens' }];
    return dims.length === 1 ? [{ id: value, name, dims, layout: 'features' }] : [];
  });
}

/** Which values are maps, and where their channels are: convolutions say it, and most operators keep it. */
function axisMeanings(nodes: readonly NodeProto[]): Map<string, 'channels-first' | 'channels-last'> {
  const meanings = new Map<string, 'channels-first' | 'channels-last'>();
  for (const node of nodes) {
    const known = node.input.map((value) => meanings.get(value)).find((meaning) => meaning !== undefined);
    let meaning: typeof known;
    if (node.opType === 'Conv') meaning = 'channels-first';
    else if (ELEMENTWISE.has(node.opType)) meaning = known;
    else if (node.opType === 'Transpose' && known) meaning = transposedMeaning(known, ints(node, 'perm') ?? []);
    if (meaning) meanings.set(node.output[0], meaning);
  }
  return meanings;
}

function transposedMeaning(
  meaning: 'channels-first' | 'channels-last',
  order: readonly number[],
): 'channels-first' | 'channels-last' | undefined {
  const channel = order.indexOf(meaning === 'channels-first' ? 1 : order.length - 1);
  if (order[0] !== 0) return undefined;
  return channel === 1 ? 'channels-first' : channel === order.length - 1 ? 'channels-last' : undefined;
}
