import { neededFor } from '../order.js';
import { readModelFiles } from '../tfjs/manifest.js';
import type { NetworkFacts, StoredLayer } from '../tfjs/network.js';
import { isInteger } from './attributes.js';
import { Constants } from './constants.js';
import { type Graph, inputShape, readGraph } from './graph.js';
import { findLayers } from './problems.js';
import { refuseUnrunnable } from './refuse.js';

export interface GraphFacts extends NetworkFacts {
  /** From the input to the logits. */
  readonly graph: Graph;
  readonly blocked: ReadonlySet<string>;
}

/**
 * What model.json and the small constants tell: nodes, layers, shapes. A final softmax is left out of the graph.
 * @throws LetheError `model-corrupt`, `model-unsupported`, and as `readModelFiles`.
 */
export async function readFacts(file: string): Promise<GraphFacts> {
  const files = await readModelFiles(file);
  const graph = peelSoftmax(readGraph(files.json));
  const constants = new Constants(files, graph);
  await refuseUnrunnable(files, graph, constants);
  const { layers, skipped } = await findLayers(files, graph, constants);
  const { batch, dims } = inputShape(files.json, graph);
  const layout = dims.length === 3 ? imageLayout(layers) : dims.length === 1 ? 'features' : 'unknown';
  return {
    files,
    graph,
    input: { name: graph.input.name, dims: [null, ...dims], layout },
    inputType: isInteger(graph.input, 'dtype') ? 'int32' : 'float32',
    batch,
    classCount: classCount(graph, layers),
    layers,
    skipped,
    blocked: blockedValues(graph),
  };
}

/** Nodes after which each class still has its place. */
const KEEPS_ORDER = new Set(['Identity', 'Reshape', 'Squeeze', 'StopGradient']);

/** Ends the graph before a final softmax, where nothing but renaming and reshaping follows it; else before mere names. */
function peelSoftmax(graph: Graph): Graph {
  let named = graph.output;
  let value = graph.output;
  for (let node = graph.makerOf(value); node && node.inputs.length > 0; node = graph.makerOf(value)) {
    if (node.op === 'Softmax') return endedAt(graph, node.inputs[0]);
    if (!KEEPS_ORDER.has(node.op)) break;
    [value] = node.inputs;
    if (node.op === 'Identity' && named === node.name) named = value;
  }
  return endedAt(graph, named);
}

function endedAt(graph: Graph, output: string): Graph {
  return { ...graph, output, nodes: neededFor(graph.nodes, [output]) };
}

const KEEPS_LAST_AXIS = new Set([
  'Add',
  'AddV2',
  'BiasAdd',
  'Identity',
  'Squeeze',
  'Mean',
  'Relu',
  'Sigmoid',
  'FusedBatchNormV3',
]);

/** How many classes the logits have, where the last weight tells. */
function classCount(graph: Graph, layers: readonly StoredLayer[]): number | null {
  for (let value = graph.output; ; ) {
    const node = graph.makerOf(value);
    const layer = layers.find(({ id, weight }) => id === node?.name || node?.inputs[1] === weight.name);
    if (layer) return layer.out;
    if (!node || !KEEPS_LAST_AXIS.has(node.op)) return null;
    [value] = node.inputs;
  }
}

/**
 * Values whose first axis is blocks x batch: TensorFlow computes older dilated convolutions by moving space into the batch
 * (SpaceToBatchND) and back.
 */
function blockedValues(graph: Graph): Set<string> {
  const blocked = new Set<string>();
  for (const node of graph.nodes) {
    const inside = node.op === 'SpaceToBatchND' || node.inputs.some((value) => blocked.has(value));
    if (inside && node.op !== 'BatchToSpaceND') for (const value of node.outputs) blocked.add(value);
  }
  return blocked;
}

function imageLayout(layers: readonly StoredLayer[]): 'nchw' | 'nhwc' {
  const first = layers.flatMap((layer) => layer.sites).find((site) => site.geometry.kind === 'conv');
  return first?.geometry.kind === 'conv' && first.geometry.layout === 'channels-first' ? 'nchw' : 'nhwc';
}
