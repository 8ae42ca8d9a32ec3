import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { Layer, SkippedLayer } from '../classifier.js';
import { type Bias, biasOf } from './biases.js';
import { type Graph, nodeName, type Use } from './graph.js';
import { layerName, nodePath, UniqueNames } from './names.js';
import { type WeightUse, weightUse } from './operators.js';
import { alsoUsed, readers, readsShapeOnly } from './readers.js';
import { isEditableType, type StoredTensor, typeName } from './tensors.js';
import { equalViews, type View } from './views.js';

/** A layer and where its weight and its bias are stored. */
export interface OnnxLayer extends Layer {
  readonly matrix: View;
  readonly bias?: Bias;
}

export interface FoundLayers {
  readonly layers: readonly OnnxLayer[];
  readonly skipped: readonly SkippedLayer[];
}

/** Finds every layer that can be projected, and every other weight with the reason why it can't. */
export function findLayers(graph: Graph, tensors: Iterable<StoredTensor>): FoundLayers {
  const uses = new Map<StoredTensor, WeightUse[]>();
  const skipped: SkippedLayer[] = [];
  const explained = new Set<StoredTensor>();
  for (const node of graph.nodes) {
    const use = weightUse(graph, node);
    if (use === undefined) continue;
    if (typeof use !== 'string') {
      const tensor = use.matrix.tensor;
      uses.set(tensor, [...(uses.get(tensor) ?? []), use]);
      continue;
    }
    const behind = node.input.slice(0, 2).flatMap((value) => constantsBehind(graph, value));
    for (const tensor of behind) explained.add(tensor);
    const weight = behind.find(isWeightLike);
    skipped.push({ name: weight ? layerName(weight.name, node) : nodePath(node), kind: node.opType, reason: use });
  }
  const overlaps = overlapping(tensors);
  const names = new UniqueNames();
  const layers: OnnxLayer[] = [];
  for (const [tensor, sites] of uses) {
    const name = names.add(layerName(tensor.name, sites[0].node));
    const reason = whyNot(graph, tensor, sites) ?? overlaps.get(tensor);
    explained.add(tensor);
    if (reason === undefined) layers.push(toLayer(name, sites, biasOf(graph, sites, overlaps)));
    else skipped.push({ name, kind: sites[0].node.opType, reason });
  }
  for (const [value, tensor] of graph.constants) {
    if (explained.has(tensor) || !isWeightLike(tensor)) continue;
    const reader = readers(graph, value).find(({ node }) => !readsShapeOnly(node));
    if (reader) skipped.push(leftover(graph, tensor, reader));
  }
  skipped.push(...nestedLayers(graph));
  return { layers, skipped };
}

function toLayer(name: string, sites: readonly WeightUse[], bias: Bias | undefined): OnnxLayer {
  const { kind, groups, matrix } = sites[0];
  const [out, length] = matrix.dims;
  return {
    id: name,
    name,
    kind,
    in: length,
    out,
    groups,
    hasBias: bias !== undefined,
    matrix,
    bias,
    sites: sites.map(({ tap, geometry }) => ({ tap, geometry })),
  };
}

/** What everybody else sees of a layer: plain values that can be sent and printed. */
export function publicLayer({ id, name, kind, in: length, out, groups, hasBias, sites }: OnnxLayer): Layer {
  return { id, name, kind, in: length, out, groups, hasBias, sites };
}

/** Why a stored weight can't be edited as one matrix, if it can't. */
function whyNot(graph: Graph, tensor: StoredTensor, sites: readonly WeightUse[]): string | undefined {
  if (!isEditableType(tensor.type)) return `weight is stored as ${typeName(tensor.type)}`;
  if (!tensor.range) return 'weight is stored value by value, not as one run of bytes';
  const [first, ...others] = sites;
  const different = others.find(({ groups, matrix }) => groups !== first.groups || !equalViews(matrix, first.matrix));
  if (different) return `weight is read in different ways by ${nodeName(first.node)} and ${nodeName(different.node)}`;
  const also = alsoUsed(graph, tensor, sites);
  return also && `weight is ${also}`;
}

/** The stored tensors that a value is computed from, if it is computed from nothing else. */
function constantsBehind(graph: Graph, value: string): StoredTensor[] {
  if (graph.isActivation(value)) return [];
  const seen = new Set([value]);
  for (const name of seen) for (const input of graph.producer(name)?.input ?? []) seen.add(input);
  return [...seen].flatMap((name) => graph.constants.get(name) ?? []);
}

/**
 * Whether a user would call this tensor a weight: real or quantised numbers in at least two axes. Biases, scales and the
 * parameters of normalisation layers are vectors and belong to no list.
 */
function isWeightLike(tensor: StoredTensor): boolean {
  const numbers = [DataType.INT64, DataType.INT32, DataType.BOOL, DataType.STRING].includes(tensor.type) === false;
  return numbers && tensor.dims.filter((dim) => dim > 1).length >= 2;
}

const REASONS: Readonly<Record<string, string>> = {
  ConvTranspose: 'transposed convolutions are not projected',
  LSTM: 'recurrent layers are not projected',
  GRU: 'recurrent layers are not projected',
  RNN: 'recurrent layers are not projected',
  Gather: 'an embedding table, looked up and not multiplied',
  Add: 'added to the activations, not multiplied with them',
  Sub: 'added to the activations, not multiplied with them',
  Concat: 'joined to the activations, not multiplied with them',
  Expand: 'joined to the activations, not multiplied with them',
  Mul: 'multiplied value by value, not as a matrix',
  Div: 'multiplied value by value, not as a matrix',
  DequantizeLinear: 'weight is quantised',
  QLinearConv: 'weight is quantised',
  QLinearMatMul: 'weight is quantised',
  MatMulInteger: 'weight is quantised',
  ConvInteger: 'weight is quantised',
  DeformConv: 'deformable convolutions are not projected',
};

/** A weight that no projectable layer uses, explained by its first reader. */
function leftover(graph: Graph, tensor: StoredTensor, { node, nested }: Use): SkippedLayer {
  const domain = node.domain === '' ? '' : ` of ${node.domain}`;
  const called = graph.model.functions.some(({ name, domain }) => name === node.opType && domain === node.domain);
  const reason = nested
    ? `used inside the control flow of ${nodeName(node)}`
    : called
      ? `used inside the model's own function ${node.opType}`
      : (REASONS[node.opType] ?? `read by the operator ${node.opType}${domain}, which is not projected`);
  return { name: layerName(tensor.name, node), kind: node.opType, reason };
}

/** Layers inside subgraphs, whose weights are stored there. */
function nestedLayers(graph: Graph): SkippedLayer[] {
  return graph.nodes.flatMap((node) =>
    node.attribute
      .flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs))
      .flatMap((body) => body.initializer.filter(({ dims }) => dims.filter((dim) => dim > 1n).length >= 2))
      .map(({ name }) => ({ name, kind: node.opType, reason: `stored inside the control flow of ${nodeName(node)}` })),
  );
}

/** Tensors that share bytes of a file with another one: editing one would edit the other. */
function overlapping(tensors: Iterable<StoredTensor>): Map<StoredTensor, string> {
  const found = new Map<StoredTensor, string>();
  const ranged = [...tensors].filter(({ range, count }) => range && count > 0);
  ranged.sort((a, b) =>
    a.range!.file < b.range!.file ? -1 : a.range!.file > b.range!.file ? 1 : a.range!.offset - b.range!.offset,
  );
  let reaching = ranged[0];
  for (const tensor of ranged.slice(1)) {
    const [before, range] = [reaching.range!, tensor.range!];
    if (before.file === range.file && before.offset + before.length > range.offset) {
      found.set(tensor, `weight shares its bytes in the file with "${reaching.name}"`);
      found.set(reaching, `weight shares its bytes in the file with "${tensor.name}"`);
    }
    if (before.file !== range.file || range.offset + range.length > before.offset + before.length) reaching = tensor;
  }
  return found;
}
