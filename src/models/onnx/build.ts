import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { neededFor } from '../order.js';
import { type Graph, isOperator, reads } from './graph.js';
import type { Dims } from './outputs.js';
import { INLINE_BYTES } from './scan.js';
import { readPayload, type StoredTensor, type TensorTable } from './tensors.js';

/** Gives a tensor's bytes as they are stored, or a candidate's in their place. */
export interface TensorSource {
  bytes(tensor: StoredTensor): Promise<Uint8Array>;
  /** Whether the bytes differ from what the decoded tensor may hold. */
  isEdited(tensor: StoredTensor): boolean;
}

/** A part of the graph to run: from these values to those, which all become float32. */
export interface Part {
  readonly inputs: readonly TypedValue[];
  readonly outputs: readonly TypedValue[];
}

export interface TypedValue {
  readonly name: string;
  readonly type: DataType;
  readonly dims: Dims;
}

/** What a session is made from. Large tensors stay apart: they are handed to the runtime without being serialised. */
export interface BuiltModel {
  readonly bytes: Uint8Array;
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/** The name under which a value is fed as float32: its own, unless it has to be cast. */
export function feedName(value: TypedValue): string {
  return value.type === DataType.FLOAT ? value.name : `${value.name}:fed`;
}

/**
 * The name under which a value comes out as float32. Never its own: the runtime fuses Transpose and Gemm even if the value
 * between them is an output, and then crashes when asked for it. A node of our own behind the value prevents that.
 */
export function fetchName(value: TypedValue): string {
  return `${value.name}:fetched`;
}

/** Cuts a part out of the graph, with all its weights. */
export async function buildPart(
  graph: Graph,
  table: TensorTable,
  part: Part,
  source: TensorSource,
): Promise<BuiltModel> {
  const externalData: { path: string; data: Uint8Array }[] = [];
  const fill = new Filler(table, source);
  const kept = neededFor(
    graph.operations,
    part.outputs.map(({ name }) => name),
    part.inputs.map(({ name }) => name),
  ).map(({ node }) => node);
  const initializer: TensorProto[] = [];
  for (const [name, tensor] of constantsOf(graph, kept, part)) {
    if (!tensor.range || tensor.range.length <= INLINE_BYTES) {
      initializer.push({ ...(await fill.tensor(tensor.proto)), name });
      continue;
    }
    const data = await source.bytes(tensor);
    const path = `tensor-${externalData.length}`;
    externalData.push({ path, data });
    initializer.push(externalTensor(name, tensor, path, data.length));
  }
  const node: NodeProto[] = [];
  for (const input of part.inputs)
    if (input.type !== DataType.FLOAT) node.push(convert(feedName(input), input.name, input.type));
  for (const one of kept) if (!isStored(graph, one)) node.push(await fill.node(one));
  for (const output of part.outputs) node.push(convert(output.name, fetchName(output), DataType.FLOAT, output.type));
  const input = part.inputs.map((value) => valueInfo(feedName(value), DataType.FLOAT, value.dims));
  const output = part.outputs.map((value) => create(ValueInfoProtoSchema, { name: fetchName(value) }));
  return { bytes: serialised(graph, { node, initializer, input, output }), externalData };
}

/**
 * The whole graph without its large tensors, which become inputs: enough for the runtime to infer every value's type and
 * dims, at no cost.
 */
export async function buildHollow(graph: Graph, table: TensorTable, source: TensorSource): Promise<Uint8Array> {
  const fill = new Filler(table, source);
  const input: ValueInfoProto[] = [...graph.inputs];
  const initializer: TensorProto[] = [];
  for (const [name, tensor] of graph.constants) {
    if (tensor.inline) initializer.push({ ...tensor.proto, name });
    else input.push(valueInfo(name, tensor.type, tensor.dims));
  }
  const node = await Promise.all(graph.nodes.filter((one) => !isStored(graph, one)).map((one) => fill.node(one)));
  const names = new Set(node.flatMap((one) => one.output.filter((name) => name !== '')));
  const output = [...names].map((name) => create(ValueInfoProtoSchema, { name }));
  return serialised(graph, { node, initializer, input, output });
}

/** A Constant node with a tensor is the same as an initialiser. */
function isStored(graph: Graph, node: NodeProto): boolean {
  return isOperator(node, 'Constant') && graph.constants.has(node.output[0]);
}

function constantsOf(graph: Graph, nodes: readonly NodeProto[], part: Part): Map<string, StoredTensor> {
  const names = [
    ...nodes.flatMap((node) => reads(node).map(({ value }) => value)),
    ...part.outputs.map(({ name }) => name),
  ];
  return new Map(
    names.flatMap((name) => (graph.constants.has(name) ? [[name, graph.constants.get(name)!] as const] : [])),
  );
}

function serialised(graph: Graph, parts: Pick<GraphProto, 'node' | 'initializer' | 'input' | 'output'>): Uint8Array {
  const fed = new Set(parts.input.map(({ name }) => name));
  const valueInfo = graph.proto.valueInfo.filter(({ name }) => !fed.has(name));
  // Before IR version 4 every initialiser was an input too, and could be overridden: none is here.
  const irVersion = graph.model.irVersion < 4n ? 4n : graph.model.irVersion;
  return toBinary(ModelProtoSchema, { ...graph.model, irVersion, graph: { ...graph.proto, ...parts, valueInfo } });
}

/** A node that gives a value a new name and type. */
function convert(from: string, to: string, type: DataType, fromType?: DataType): NodeProto {
  const names = { name: `${from} as ${to}`, input: [from], output: [to] };
  if (type === fromType) return create(NodeProtoSchema, { opType: 'Identity', ...names });
  const attribute = [{ name: 'to', type: AttributeType.INT, i: BigInt(type) }];
  return create(NodeProtoSchema, { opType: 'Cast', ...names, attribute });
}

function externalTensor(name: string, tensor: StoredTensor, path: string, length: number): TensorProto {
  const entries = { location: path, offset: '0', length: String(length) };
  return create(TensorProtoSchema, {
    name,
    dims: tensor.proto.dims,
    dataType: tensor.type,
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
}

function valueInfo(name: string, type: DataType, dims: Dims): ValueInfoProto {
  const dim = dims?.map((size, axis) =>
    size === null
      ? { value: { case: 'dimParam' as const, value: `${name}:${axis}` } }
      : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: type, shape: dim && { dim } } } },
  });
}

/** Puts the values back into tensors inside nodes, which can't lie apart. */
class Filler {
  constructor(
    private readonly table: TensorTable,
    private readonly source: TensorSource,
  ) {}

  async tensor(proto: TensorProto): Promise<TensorProto> {
    const stored = this.table.tensors.get(proto)!;
    if (stored.inline && !this.source.isEdited(stored)) return proto;
    if (stored.range) {
      const rawData = (await this.source.bytes(stored)) as Uint8Array<ArrayBuffer>;
      return { ...proto, rawData, floatData: [], doubleData: [], dataLocation: DataLocation.DEFAULT, externalData: [] };
    }
    const { field } = stored.payload!;
    const bytes = await readPayload(stored.payload!);
    const length: number[] = [];
    for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
      length.push((rest % 128) | (rest >= 128 ? 128 : 0));
      if (rest < 128) break;
    }
    const message = Buffer.concat([Uint8Array.from([TensorProtoSchema.field[field].number * 8 + 2, ...length]), bytes]);
    return { ...proto, [field]: fromBinary(TensorProtoSchema, message)[field] };
  }

  async node(node: NodeProto): Promise<NodeProto> {
    if (!node.attribute.some(({ t, g, tensors, graphs }) => t || g || tensors.length > 0 || graphs.length > 0))
      return node;
    const attribute = [];
    for (const one of node.attribute) {
      attribute.push({
        ...one,
        t: one.t && (await this.tensor(one.t)),
        g: one.g && (await this.graph(one.g)),
        tensors: await Promise.all(one.tensors.map((tensor) => this.tensor(tensor))),
        graphs: await Promise.all(one.graphs.map((body) => this.graph(body))),
      });
    }
    return { ...node, attribute };
  }

  async graph(body: GraphProto): Promise<GraphProto> {
    return {
      ...body,
      initializer: await Promise.all(body.initializer.map((tensor) => this.tensor(tensor))),
      node: await Promise.all(body.node.map((node) => this.node(node))),
    };
  }
}
