import { LetheError } from '../../base/errors.js';
import { isObject } from '../../contract/json.js';
import { inForwardOrder, neededFor } from '../order.js';
import { type JsonFile, type JsonPath, placeOf } from '../tfjs/json.js';
import { corrupt } from '../tfjs/manifest.js';

/** A node of a TensorFlow graph. Its values are named as in the graph: `conv`, and `split:1` for outputs after the first. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Values it reads; control dependencies are left out. */
  readonly inputs: readonly string[];
  /** Those of its values that something reads, and the first in any case. */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly at: JsonPath;
}

/** The part of a graph that one output depends on. */
export interface Graph {
  /** In forward order. */
  readonly nodes: readonly GraphNode[];
  /** The node that makes a value. */
  readonly makerOf: (value: string) => GraphNode | undefined;
  readonly input: GraphNode;
  readonly output: string;
}

type Json = Record<string, unknown>;

/**
 * Reads the graph of a model with one input and one output.
 * @throws LetheError `model-corrupt` with line and column, `model-unsupported` for several inputs or outputs.
 */
export function readGraph(json: JsonFile): Graph {
  const { modelTopology } = json.value as Json;
  const listed = isObject(modelTopology) ? modelTopology.node : undefined;
  const at: JsonPath = ['modelTopology', 'node'];
  if (!Array.isArray(listed) || listed.length === 0) throw corrupt(json, 'has no nodes in its modelTopology', at);
  const all = listed.map((entry, i) => readNode(json, entry, [...at, i]));
  const byName = new Map<string, GraphNode>();
  for (const node of all) {
    if (byName.has(node.name)) throw corrupt(json, `two nodes are called "${node.name}"`, node.at);
    byName.set(node.name, node);
  }
  const makerOf = (value: string) => byName.get(nodeOf(value));
  for (const node of all) {
    for (const value of node.inputs) {
      const maker = makerOf(value);
      if (!maker) throw corrupt(json, `the node "${node.name}" reads "${value}", which no node makes`, node.at);
      if (!maker.outputs.includes(value)) (maker.outputs as string[]).push(value);
    }
  }
  const output = findOutput(json, all, byName);
  const ordered = inForwardOrder(all);
  if (!ordered) {
    throw unsupported(
      json,
      'has nodes that wait for each other in a circle (a loop)',
      'Export the model without loops.',
    );
  }
  const nodes = neededFor(ordered, [output]);
  const inputs = nodes.filter(({ op }) => op === 'Placeholder');
  if (inputs.length !== 1)
    throw several(
      json,
      inputs.map(({ name }) => name),
      'inputs',
    );
  return { nodes, makerOf, input: inputs[0], output };
}

/** The sizes after the batch's that the input declares, with null for free ones, and its batch size. */
export function inputShape(json: JsonFile, { input }: Graph): { batch: number | null; dims: (number | null)[] } {
  const declared = shapeAttribute(input.attributes.shape) ?? signatureShape(json, input.name);
  if (!declared || declared.length < 2) {
    throw unsupported(
      json,
      `its input "${input.name}" does not say what shape it has`,
      'Export the model with a fixed input shape.',
      input.at,
    );
  }
  const [batch, ...dims] = declared.map((size) => (size > 0 ? size : null));
  if (dims.some((size) => (size ?? 0) >= 2 ** 24)) {
    throw corrupt(json, `the input "${input.name}" has the shape [${declared.join(', ')}]`, input.at);
  }
  return { batch, dims };
}

/** A node's name without the calls that TensorFlow wraps a whole exported model in. */
export function shortName(name: string): string {
  return name.replace(/^((Stateful)?PartitionedCall\/)+/, '');
}

export function unsupported(json: JsonFile, message: string, hint: string, at: JsonPath = []): LetheError {
  return new LetheError('model-unsupported', { message, file: json.path, at: placeOf(json, at).at, hint });
}

function readNode(json: JsonFile, entry: unknown, at: JsonPath): GraphNode {
  const { name, op, input = [], attr = {} } = isObject(entry) ? entry : ({} as Json);
  if (typeof name !== 'string' || name === '' || typeof op !== 'string') {
    throw corrupt(json, 'a node needs a name and an op', at);
  }
  if (!Array.isArray(input) || !input.every((value) => typeof value === 'string') || !isObject(attr)) {
    throw corrupt(json, `the node "${name}" needs a list of inputs and an object of attributes`, at);
  }
  const values = input.filter((value: string) => !value.startsWith('^')).map(valueName);
  return { name, op, inputs: values, outputs: [name], attributes: attr, at };
}

/** What the signature names as output; without a signature, the one node that nothing reads. */
function findOutput(json: JsonFile, nodes: readonly GraphNode[], byName: ReadonlyMap<string, GraphNode>): string {
  const named = Object.values(signature(json, 'outputs')).map((entry) => (isObject(entry) ? entry.name : undefined));
  if (named.length > 0) {
    const [output] = named;
    if (named.length > 1) throw several(json, named.map(String), 'outputs');
    if (typeof output === 'string' && byName.has(nodeOf(output))) return valueName(output);
    throw corrupt(json, `the signature's output ${JSON.stringify(output)} is no node of the graph`, ['signature']);
  }
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(nodeOf)));
  const ends = nodes.filter(
    ({ name, op }) => !read.has(name) && !['Const', 'NoOp', 'Placeholder', 'Assert'].includes(op),
  );
  if (ends.length === 1) return ends[0].name;
  throw several(
    json,
    ends.map(({ name }) => name),
    'outputs',
  );
}

function signatureShape(json: JsonFile, input: string): number[] | null {
  for (const entry of Object.values(signature(json, 'inputs'))) {
    if (isObject(entry) && typeof entry.name === 'string' && nodeOf(entry.name) === input) {
      return shapeAttribute({ shape: entry.tensorShape });
    }
  }
  return null;
}

function signature(json: JsonFile, ends: 'inputs' | 'outputs'): Json {
  const { signature: own, userDefinedMetadata } = json.value as Json;
  const found = own ?? (isObject(userDefinedMetadata) ? userDefinedMetadata.signature : undefined);
  const entries = isObject(found) ? found[ends] : undefined;
  return isObject(entries) ? entries : {};
}

/** A shape as protobuf's JSON writes it: sizes are strings, or numbers; -1 for free ones. */
function shapeAttribute(attribute: unknown): number[] | null {
  const shape = isObject(attribute) ? attribute.shape : undefined;
  if (!isObject(shape) || shape.unknownRank === true || !Array.isArray(shape.dim)) return null;
  return shape.dim
    .map((dim) => Number(isObject(dim) ? dim.size : Number.NaN))
    .map((size) => (Number.isInteger(size) ? size : -1));
}

/** `conv` of `conv:0`, and other outputs as they are. */
function valueName(reference: string): string {
  return reference.endsWith(':0') ? reference.slice(0, -2) : reference;
}

function nodeOf(value: string): string {
  return value.split(':', 1)[0];
}

function several(json: JsonFile, names: readonly string[], what: string): LetheError {
  const list = names.length > 0 ? ` (${names.slice(0, 8).join(', ')})` : '';
  return unsupported(
    json,
    `has ${names.length} ${what}${list}, and a classifier has one`,
    'Export the model with one input and one output.',
  );
}
