import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { elementCount } from '../src/linalg/tensor.js';
import { encodeFloat16 } from '../src/models/onnx/float16.js';

/** The name of a value in the graph. */
export type Value = string;
/** A fixed size, or the name of a free one (`'N'`). */
export type Dim = number | string;
/** A whole number is written as INT and a list as INTS; `{ float: 2 }` says FLOAT and a Float32Array FLOATS. */
export type Attribute =
  | number
  | { readonly float: number }
  | string
  | readonly number[]
  | Float32Array
  | GraphProto
  | TensorProto;
export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;

export interface WriterOptions {
  /** Version of the default operator set. */
  readonly opset?: number;
  readonly name?: string;
  /** Operator sets besides the default one, by domain. */
  readonly domains?: Readonly<Record<string, number>>;
}

export interface InitializerOptions {
  /** Stores a Float32Array as half precision. */
  readonly type?: 'float16';
  /** `raw`: `raw_data`; `values`: the typed field (`float_data` ...); `external`: in `externalBytes()`. */
  readonly storage?: 'raw' | 'values' | 'external';
}

export interface NodeOptions {
  readonly name?: string;
  readonly domain?: string;
}

const elementTypes = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  float64: DataType.DOUBLE,
  int64: DataType.INT64,
  int32: DataType.INT32,
  int8: DataType.INT8,
  uint8: DataType.UINT8,
  bool: DataType.BOOL,
} as const;

export type ElementType = keyof typeof elementTypes;

/**
 * Builds an ONNX model node by node, in execution order. Each method returns the name of the value it makes; names that are
 * taken, unknown or not yet computed are refused at once.
 */
export class OnnxWriter {
  /** File name that initialisers with `storage: 'external'` refer to; its content is `externalBytes()`. */
  static readonly externalFile = 'weights.bin';

  readonly #graph = create(GraphProtoSchema);
  readonly #known = new Set<Value>();
  readonly #opset: number;
  readonly #domains: Readonly<Record<string, number>>;
  #external: Uint8Array[] = [];
  #externalLength = 0;

  constructor(options: WriterOptions = {}) {
    this.#opset = options.opset ?? 17;
    this.#domains = options.domains ?? {};
    this.#graph.name = options.name ?? 'model';
  }

  input(name: string, dims: readonly Dim[], type: ElementType = 'float32'): Value {
    this.#define(name);
    this.#graph.input.push(valueInfo(name, dims, type));
    return name;
  }

  initializer(name: string, dims: readonly number[], data: TensorData, options: InitializerOptions = {}): Value {
    this.#define(name);
    if (data.length !== elementCount(dims)) {
      throw new RangeError(
        `initialiser "${name}": dims [${dims.join(', ')}] need ${elementCount(dims)} values, got ${data.length}`,
      );
    }
    const tensor =
      options.storage === 'external'
        ? this.#externalTensor(name, dims, data, options)
        : tensorProto(name, dims, data, options);
    this.#graph.initializer.push(tensor);
    return name;
  }

  /** Adds a node with one output. An empty input name leaves out an optional input. */
  node(
    op: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute> = {},
    options: NodeOptions = {},
  ): Value {
    return this.nodes(op, inputs, 1, attributes, options)[0];
  }

  /** Adds a node with several outputs. */
  nodes(
    op: string,
    inputs: readonly Value[],
    outputCount: number,
    attributes: Record<string, Attribute> = {},
    options: NodeOptions = {},
  ): Value[] {
    for (const input of inputs) {
      if (input !== '' && !this.#known.has(input)) throw new RangeError(`node ${op}: unknown value "${input}"`);
    }
    const name = options.name ?? `${op}_${this.#graph.node.length}`;
    const output = Array.from({ length: outputCount }, (_, i) => (i === 0 ? `${name}_out` : `${name}_out${i}`));
    for (const value of output) this.#define(value);
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#graph.node.push(
      create(NodeProtoSchema, {
        name,
        opType: op,
        domain: options.domain ?? '',
        input: [...inputs],
        output,
        attribute,
      }),
    );
    return output;
  }

  /** Declares a value as a graph output called `name`; the node that computes it is told to use that name. */
  output(name: string, value: Value, dims: readonly Dim[], type: ElementType = 'float32'): void {
    if (!this.#known.has(value)) throw new RangeError(`output "${name}": unknown value "${value}"`);
    if (name !== value) this.#rename(value, name);
    this.#graph.output.push(valueInfo(name, dims, type));
  }

  /** Names a value of the enclosing graph, in a graph that is a subgraph attribute. */
  outer(name: Value): Value {
    this.#define(name);
    return name;
  }

  /** The graph so far, for use as a subgraph attribute. */
  graph(): GraphProto {
    return this.#graph;
  }

  /** The model file. */
  bytes(): Uint8Array {
    const opsetImport = Object.entries({ '': this.#opset, ...this.#domains }).map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    );
    // The newest IR version an operator set needs, so that older runtimes read older models.
    const irVersion = this.#opset <= 9 ? 4n : this.#opset <= 14 ? 7n : this.#opset <= 20 ? 8n : 10n;
    const model = create(ModelProtoSchema, { irVersion, producerName: 'lethe', graph: this.#graph, opsetImport });
    return toBinary(ModelProtoSchema, model);
  }

  /** What belongs into `OnnxWriter.externalFile` beside the model. */
  externalBytes(): Uint8Array {
    return Buffer.concat(this.#external, this.#externalLength);
  }

  #define(name: string): void {
    if (name === '' || this.#known.has(name)) throw new RangeError(`the name "${name}" is empty or taken`);
    this.#known.add(name);
  }

  #rename(from: Value, to: Value): void {
    const producer = this.#graph.node.find((node) => node.output.includes(from));
    if (!producer || this.#graph.output.some((output) => output.name === from)) {
      // A graph input or an output already: only a node can give it a second name.
      const copy = this.node('Identity', [from]);
      this.#rename(copy, to);
      return;
    }
    this.#define(to);
    this.#known.delete(from);
    const renamed = (value: Value) => (value === from ? to : value);
    producer.output = producer.output.map(renamed);
    for (const node of this.#graph.node) node.input = node.input.map(renamed);
  }

  #externalTensor(name: string, dims: readonly number[], data: TensorData, options: InitializerOptions): TensorProto {
    const inline = tensorProto(name, dims, data, { ...options, storage: 'raw' });
    const bytes = inline.rawData;
    // Offsets are kept on page boundaries, as the format recommends for mapping files into memory.
    const offset = Math.ceil(this.#externalLength / 4096) * 4096;
    this.#external.push(new Uint8Array(offset - this.#externalLength), bytes);
    this.#externalLength = offset + bytes.length;
    const entries = { location: OnnxWriter.externalFile, offset: String(offset), length: String(bytes.length) };
    return create(TensorProtoSchema, {
      name,
      dims: inline.dims,
      dataType: inline.dataType,
      dataLocation: DataLocation.EXTERNAL,
      externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    });
  }
}

/** A tensor with its values inside. */
export function tensorProto(
  name: string,
  dims: readonly number[],
  data: TensorData,
  options: InitializerOptions = {},
): TensorProto {
  const half = options.type === 'float16' ? encodeFloat16(data as Float32Array) : undefined;
  const tensor = create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: half ? DataType.FLOAT16 : dataType(data),
  });
  const stored = half ?? data;
  if (options.storage !== 'values')
    tensor.rawData = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength).slice();
  else if (stored instanceof Float32Array) tensor.floatData = [...stored];
  else if (stored instanceof Float64Array) tensor.doubleData = [...stored];
  else if (stored instanceof BigInt64Array) tensor.int64Data = [...stored];
  else tensor.int32Data = [...stored];
  return tensor;
}

function dataType(data: TensorData): DataType {
  if (data instanceof Float32Array) return DataType.FLOAT;
  if (data instanceof Float64Array) return DataType.DOUBLE;
  if (data instanceof BigInt64Array) return DataType.INT64;
  if (data instanceof Int32Array) return DataType.INT32;
  return data instanceof Int8Array ? DataType.INT8 : DataType.UINT8;
}

function valueInfo(name: string, dims: readonly Dim[], type: ElementType): ValueInfoProto {
  const dim = dims.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: elementTypes[type], shape: { dim } } } },
  });
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) })
      : create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
  }
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if (value instanceof Float32Array) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value] });
  }
  if ('$typeName' in value) {
    return value.$typeName === 'onnx.GraphProto'
      ? create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value })
      : create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: value });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}
