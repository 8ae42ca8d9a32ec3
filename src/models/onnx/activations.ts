import type { NodeProto } from 'onnx-buf';
import type { ActivationPoint } from '../classifier.js';
import { type Graph, inDefaultDomain, ints, reads } from './graph.js';
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

/** The nodes that a value depends on, in order, given where to stop. */
export function slice(graph: Graph, outputs: readonly string[], inputs: readonly string[] = []): NodeProto[] {
  const needed = new Set(outputs);
  const stop = new Set(inputs);
  const kept: NodeProto[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    if (!node.output.some((value) => needed.has(value) && !stop.has(value))) continue;
    kept.push(node);
    for (const { value } of reads(node)) if (!stop.has(value)) needed.add(value);
  }
  return kept.reverse();
}

/** A value that alone decides the logits, before its dims are known. */
export interface Cut {
  readonly value: string;
  readonly name: string;
  readonly layout?: 'channels-first' | 'channels-last';
}

/**
 * The values that every path from the input to the logits goes through: a forward pass may start from any of them. In any
 * execution order such a value is, when it has just been computed, the only one still waiting to be read.
 */
export function findCuts(graph: Graph, logits: string): Cut[] {
  const nodes = slice(graph, [logits]);
  const layouts = axisMeanings(nodes);
  const waiting = new Map<string, number>();
  for (const node of nodes) {
    for (const { value } of reads(node))
      if (graph.isActivation(value)) waiting.set(value, (waiting.get(value) ?? 0) + 1);
  }
  const live = new Set(graph.inputs.map(({ name }) => name).filter((name) => waiting.has(name)));
  const cuts: Cut[] = [];
  const names = new UniqueNames();
  for (const node of nodes) {
    for (const value of node.output) if (waiting.has(value)) live.add(value);
    for (const { value } of reads(node)) {
      const left = (waiting.get(value) ?? 0) - 1;
      waiting.set(value, left);
      if (left === 0) live.delete(value);
    }
    const [value] = node.output;
    const alone = live.size === 1 && live.has(value);
    if (alone && value !== logits && inDefaultDomain(node) && POINTS.has(node.opType)) {
      cuts.push({ value, name: names.add(`${nodePath(node)} (${node.opType})`), layout: layouts.get(value) });
    }
  }
  return cuts;
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
