import type { ConvGeometry, Geometry, Site } from '../classifier.js';
import type { JsonFile } from '../tfjs/json.js';
import { corrupt, type ModelFiles, type StoredWeight } from '../tfjs/manifest.js';
import { type LocatedSkip, type StoredLayer, storedLayer, unfitWeight } from '../tfjs/network.js';
import { type Axis, convView, denseView, depthwiseView, rowCount, type WeightView } from '../tfjs/view.js';
import { flag, integers, text } from './attributes.js';
import { Biases, type BiasUse, type Product } from './biases.js';
import { type Constants, handsOn, type Operand } from './constants.js';
import { type Graph, type GraphNode, shortName, unsupported } from './graph.js';

const DENSE = new Set(['MatMul', '_FusedMatMul', 'BatchMatMul', 'BatchMatMulV2']);
const CONVOLUTION = new Set(['Conv2D', '_FusedConv2D', 'Conv3D']);
const DEPTHWISE = new Set(['DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative']);

/** Nodes with a weight that are left alone, and why. */
const SKIP_REASONS: Readonly<Record<string, string>> = {
  Conv2DBackpropInput: 'a transposed convolution',
  Conv3DBackpropInputV2: 'a transposed convolution',
  Einsum: 'its weight is multiplied along axes given by an equation',
  GatherV2: 'looks vectors up instead of multiplying them',
  Dilation2D: 'adds its weight instead of multiplying by it',
};

/** One use of a stored weight as a layer's. */
interface Use {
  readonly node: GraphNode;
  readonly operand: Operand;
  readonly kind: StoredLayer['kind'];
  readonly view: WeightView;
  readonly groups: number;
  readonly site: Site;
  /** What is added to it before anything else. */
  readonly bias?: BiasUse;
}

/**
 * The projectable layers of a graph and the nodes whose weight is left alone, in forward order. Nodes that share a weight
 * in the same form are one layer with several sites.
 * @throws LetheError `model-corrupt`, `model-unsupported`.
 */
export async function findLayers(
  files: ModelFiles,
  graph: Graph,
  constants: Constants,
): Promise<{ layers: StoredLayer[]; skipped: LocatedSkip[] }> {
  const { json } = files;
  const varying = varyingValues(graph);
  const skipped = new Map<string, LocatedSkip>();
  const skip = ({ name, op, at }: GraphNode, reason: string) =>
    skipped.set(name, { name: shortName(name), kind: op, reason, at });
  const uses: Use[] = [];
  const biases = new Biases(graph, constants);
  /** How often each stored weight is read, in whatever way. */
  const readers = new Map<string, Set<string>>();
  for (const node of graph.nodes) {
    if (handsOn(node)) continue;
    const operands = await Promise.all(node.inputs.map((value) => constants.operand(value)));
    for (const operand of operands) {
      if (!operand || 'reason' in operand) continue;
      const { name } = operand.weight;
      readers.set(name, (readers.get(name) ?? new Set()).add(node.name));
    }
    const isLayer = DENSE.has(node.op) || CONVOLUTION.has(node.op) || DEPTHWISE.has(node.op);
    const weighted = operands.some(
      (operand) => operand && !('reason' in operand) && operand.weight.dtype === 'float32' && operand.axes.length > 1,
    );
    if (SKIP_REASONS[node.op] && weighted) skip(node, SKIP_REASONS[node.op]);
    // Attention multiplies two computed tensors, and constants may multiply each other: no layers, nothing to report.
    if (!isLayer || varying.has(node.inputs[0]) === varying.has(node.inputs[1])) continue;
    const side = varying.has(node.inputs[0]) ? 1 : 0;
    const operand = operands[side];
    if (!operand) skip(node, 'its weight is computed when the model runs');
    else if ('reason' in operand) skip(node, operand.reason);
    else {
      const use = unfitWeight(operand.weight) ?? readUse(json, node, operand, side);
      if (typeof use === 'string') skip(node, use);
      else uses.push({ ...use, bias: await biases.of(productOf(use, side)) });
    }
  }
  return { layers: mergeUses(uses, readers, skip), skipped: [...skipped.values()] };
}

/** Values that depend on the model's input. */
function varyingValues(graph: Graph): Set<string> {
  const varying = new Set<string>([graph.input.name]);
  for (const node of graph.nodes) {
    if (node.inputs.some((value) => varying.has(value))) for (const value of node.outputs) varying.add(value);
  }
  return varying;
}

/** One layer a stored weight, unless something else reads it too: that would change along with the layer. */
function mergeUses(
  uses: readonly Use[],
  readers: ReadonlyMap<string, ReadonlySet<string>>,
  skip: (node: GraphNode, reason: string) => void,
): StoredLayer[] {
  const byWeight = new Map<string, Use[]>();
  for (const use of uses) {
    const { name } = use.operand.weight;
    byWeight.set(name, [...(byWeight.get(name) ?? []), use]);
  }
  const layers: StoredLayer[] = [];
  for (const [name, same] of byWeight) {
    const [first] = same;
    const form = (use: Use) => JSON.stringify([use.kind === 'depthwise', use.view]);
    const alike = same.every((use) => form(use) === form(first));
    if (!alike || (readers.get(name)?.size ?? 0) > same.length) {
      for (const { node } of same) skip(node, 'its weight is also used in another form');
      continue;
    }
    const { node, operand, kind, view, groups } = first;
    const sites = same.map(({ site }) => site);
    const parts = { kind, groups, sites, weight: operand.weight, view, bias: sharedBias(same, readers) };
    layers.push(storedLayer({ id: node.name, name: shortName(node.name), ...parts }));
  }
  return layers;
}

/** The bias of all uses of a weight, if it is one and the same and nothing else reads it. */
function sharedBias(uses: readonly Use[], readers: ReadonlyMap<string, ReadonlySet<string>>): StoredWeight | undefined {
  const found = uses.map(({ bias }) => bias);
  const weight = found[0]?.weight;
  if (!weight || found.some((bias) => bias?.weight !== weight)) return undefined;
  return readers.get(weight.name)?.size === new Set(found.map((bias) => bias?.node)).size ? weight : undefined;
}

function productOf({ node, view, site: { geometry } }: Use, side: number): Product {
  const out = rowCount(view);
  if (geometry.kind === 'dense') {
    return { node, out, axis: side === 1 ? -1 : -2, rank: node.op.startsWith('Batch') ? null : 2 };
  }
  const rank = geometry.kernel.length + 2;
  return { node, out, axis: geometry.layout === 'channels-last' ? -1 : 1 - rank, rank };
}

/** How a node applies its weight, its input number `side`, or why that is no layer to project. */
function readUse(json: JsonFile, node: GraphNode, operand: Operand, side: number): Use | string {
  const { axes } = operand;
  const use = (kind: StoredLayer['kind'], view: WeightView, groups: number, geometry: Geometry): Use => ({
    node,
    operand,
    kind,
    view,
    groups,
    site: { tap: node.inputs[1 - side], geometry },
  });
  if (DENSE.has(node.op)) {
    const batched = node.op.startsWith('Batch');
    const transposed = (batched ? ['adj_x', 'adj_y'] : ['transpose_a', 'transpose_b']).map((name) => flag(node, name));
    if (axes.length < 2 || axes.slice(0, -2).some(({ size }) => size !== 1))
      return 'it has one weight for each sample of a batch';
    if (side === 1) {
      if (transposed[0]) return 'its input is transposed';
      return use('dense', denseView(axes, transposed[1]), 1, { kind: 'dense' });
    }
    // In a product of matrices, not of stacks of them, the samples would lie along the last axis.
    if (!batched) return 'its weight stands on the left of a product without batch';
    return use('dense', denseView(axes, !transposed[0]), 1, { kind: 'dense', axis: transposed[1] ? -1 : -2 });
  }
  if (side === 0) return 'its input is a constant';
  const rank = node.op === 'Conv3D' ? 3 : 2;
  if (axes.length !== rank + 2)
    throw corrupt(json, `the kernel of the ${node.op} "${node.name}" has ${axes.length} axes`, node.at);
  const geometry = convGeometry(json, node, axes.slice(0, rank));
  return DEPTHWISE.has(node.op)
    ? use('depthwise', depthwiseView(axes), axes[rank].size, geometry)
    : use('conv', convView(axes), 1, geometry);
}

function convGeometry(json: JsonFile, node: GraphNode, kernel: readonly Axis[]): ConvGeometry {
  const channelsFirst = text(node, 'data_format')?.startsWith('NC') ?? false;
  const spatial = (name: string): number[] => {
    const all = integers(node, name) ?? new Array(kernel.length + 2).fill(1);
    if (all.length !== kernel.length + 2 || !all.every((size) => Number.isInteger(size) && size > 0)) {
      throw corrupt(json, `${name} of "${node.name}" must be ${kernel.length + 2} whole numbers above 0`, node.at);
    }
    const found = channelsFirst ? all.slice(2) : all.slice(1, -1);
    // TensorFlow.js takes entries 1 and 2 in either layout, and so would compute something else.
    if (found.every((size, i) => size === all[i + 1])) return found;
    throw unsupported(
      json,
      `the convolution "${node.name}" is strided in the NCHW layout, which TensorFlow.js misreads`,
      'Export the model in the NHWC layout.',
      node.at,
    );
  };
  return {
    kind: 'conv',
    layout: channelsFirst ? 'channels-first' : 'channels-last',
    kernel: kernel.map(({ size }) => size),
    strides: spatial('strides'),
    dilations: spatial('dilations'),
    padding: readPadding(json, node, kernel.length, channelsFirst),
  };
}

function readPadding(json: JsonFile, node: GraphNode, rank: number, channelsFirst: boolean): ConvGeometry['padding'] {
  const padding = text(node, 'padding');
  if (padding === 'SAME') return 'same';
  if (padding === 'VALID') return { before: new Array(rank).fill(0), after: new Array(rank).fill(0) };
  const pairs = padding === 'EXPLICIT' ? integers(node, 'explicit_paddings') : undefined;
  const valid = pairs?.length === 2 * (rank + 2) && pairs.every((zeros) => Number.isInteger(zeros) && zeros >= 0);
  if (!pairs || !valid)
    throw corrupt(json, `the padding of "${node.name}" is not SAME, VALID, or EXPLICIT with its sizes`, node.at);
  const own = channelsFirst ? pairs.slice(4) : pairs.slice(2, -2);
  return { before: own.filter((_, i) => i % 2 === 0), after: own.filter((_, i) => i % 2 === 1) };
}
