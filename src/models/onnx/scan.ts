import { type DescField, type DescMessage, fromBinary, type Message, ScalarType } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  SparseTensorProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TrainingInfoProtoSchema,
} from 'onnx-buf';
import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { type ByteRange, withFile } from '../../base/files.js';
import { memoryText } from '../../contract/text.js';
import { type WireField, WireReader, type WireType } from './wire.js';

/** A payload up to this length is decoded with its tensor (shapes, axes, scalars); a longer one stays in the file. */
export const INLINE_BYTES = 1024;
const DEEPEST_NESTING = 50;
const MOST_MESSAGES = 500_000;
const MOST_HEADER_BYTES = 128 * 2 ** 20;

/** The fields of a tensor that hold its values as one run of bytes. */
const PAYLOAD_FIELDS = ['rawData', 'floatData', 'doubleData', 'int32Data', 'int64Data', 'uint64Data'] as const;
export type PayloadField = (typeof PAYLOAD_FIELDS)[number];

/** Where a tensor's values lie in the model file. */
export interface Payload extends ByteRange {
  readonly field: PayloadField;
  /** Whether the decoded tensor holds the values too. */
  readonly inline: boolean;
}

/** A model as its file tells it, but for the values of large tensors. */
export interface ScannedModel {
  readonly file: string;
  readonly model: ModelProto;
  /** Every tensor of the file: initialisers, attributes, in subgraphs and functions too; with its payload's pieces. */
  readonly tensors: ReadonlyMap<TensorProto, readonly Payload[]>;
}

/** The messages that can hold tensors, so that the scan goes into them; all others are decoded whole. */
const CONTAINERS = new Set<DescMessage>([
  ModelProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  AttributeProtoSchema,
  FunctionProtoSchema,
  TrainingInfoProtoSchema,
  SparseTensorProtoSchema,
  TensorProtoSchema,
]);

/**
 * Reads an ONNX file's structure, seeking past the tensors' values.
 * @throws LetheError `model-corrupt` with the byte at fault; `model-unsupported` if the structure alone is absurdly large.
 */
export async function scanModel(file: string, signal?: AbortSignal): Promise<ScannedModel> {
  return withFile(file, async (handle, size) => {
    const reader = new WireReader(file, size, handle);
    if (size === 0) throw reader.corrupt(0, 'the file is empty');
    const scan = new Scan(reader, signal);
    const model = (await scan.message(ModelProtoSchema, size, 0)) as ModelProto;
    if (!model.graph) throw reader.corrupt(size, 'it holds no graph');
    // The tensor in a Constant node often has no name of its own; messages and layers need one.
    for (const { attribute, output } of model.graph.node)
      for (const { t } of attribute) if (t) t.name ||= output[0] ?? '';
    return { file, model, tensors: scan.tensors };
  });
}

/** A nested message and the field it belongs to. */
interface Child {
  readonly name: string;
  readonly list: boolean;
  readonly offset: number;
  readonly message: Message;
}

class Scan {
  readonly tensors = new Map<TensorProto, Payload[]>();
  #messages = 0;
  #headerBytes = 0;

  constructor(
    private readonly reader: WireReader,
    private readonly signal?: AbortSignal,
  ) {}

  /** Decodes the message between the reader's position and `end`. */
  async message(schema: DescMessage, end: number, depth: number): Promise<Message> {
    const { reader } = this;
    const start = reader.position;
    await this.#count(depth);
    const plain: Uint8Array[] = [];
    const children: Child[] = [];
    const payloads: Payload[] = [];
    while (reader.position < end) {
      if (!reader.ready) await reader.load();
      const field = reader.field(end);
      if (!isExpected(schema, field)) throw reader.corrupt(field.start, `field ${field.number} has the wrong type`);
      const next = field.offset + field.length;
      const kind = field.type === 'bytes' ? nested(schema, field.number) : undefined;
      const payload = schema === TensorProtoSchema && field.type === 'bytes' ? payloadField(field.number) : undefined;
      if (payload !== undefined) {
        const inline = field.length <= INLINE_BYTES;
        payloads.push({ file: reader.file, field: payload, offset: field.offset, length: field.length, inline });
        if (inline) plain.push(await this.#header(field, next));
      } else if (kind) {
        const message = await this.message(kind.schema, next, depth + 1);
        children.push({ name: kind.name, list: kind.list, offset: field.start, message });
      } else {
        plain.push(await this.#header(field, next));
      }
      reader.position = next;
    }
    const message = this.#decode(schema, plain, start);
    this.#adopt(message, children);
    if (schema === TensorProtoSchema) this.tensors.set(message as TensorProto, payloads);
    return message;
  }

  /** Reads a field whole, tag and all. */
  async #header(field: WireField, end: number): Promise<Uint8Array> {
    this.#headerBytes += end - field.start;
    if (this.#headerBytes > MOST_HEADER_BYTES)
      throw this.#tooLarge(`over ${memoryText(MOST_HEADER_BYTES)} without its tensors`);
    return this.reader.bytes(field.start, end - field.start);
  }

  #decode(schema: DescMessage, plain: readonly Uint8Array[], start: number): Message {
    try {
      return fromBinary(schema, plain.length === 1 ? plain[0] : Buffer.concat(plain));
    } catch (error) {
      throw this.reader.corrupt(start, `${schema.name} can't be read (${(error as Error).message})`, error);
    }
  }

  #adopt(parent: Message, children: readonly Child[]): void {
    const fields = parent as unknown as Record<string, unknown>;
    for (const { name, list, offset, message } of children) {
      if (list) (fields[name] as Message[]).push(message);
      else if (fields[name] === undefined) fields[name] = message;
      else throw this.reader.corrupt(offset, `a second "${name}" where one is allowed`);
    }
  }

  async #count(depth: number): Promise<void> {
    if (depth > DEEPEST_NESTING) throw this.reader.corrupt(this.reader.position, 'messages are nested too deeply');
    this.#messages += 1;
    if (this.#messages > MOST_MESSAGES) throw this.#tooLarge(`over ${MOST_MESSAGES} nodes, attributes and tensors`);
    if (this.#messages % 5000 === 0) await breathe(this.signal);
  }

  #tooLarge(what: string): LetheError {
    return new LetheError('model-unsupported', { message: `the graph is too large: ${what}`, file: this.reader.file });
  }
}

/** How a field's value is written; a list of numbers may also be packed into one run of bytes. */
function wireTypeOf(field: DescField): WireType {
  if (field.fieldKind === 'enum' || field.enum) return 'varint';
  switch (field.scalar) {
    case undefined:
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return 'bytes';
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return 'fixed32';
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 'fixed64';
    default:
      return 'varint';
  }
}

const EXPECTED_TYPES = new Map(
  [...CONTAINERS].map((schema) => [
    schema,
    new Map(
      schema.fields.map((field) => [field.number, { type: wireTypeOf(field), list: field.fieldKind === 'list' }]),
    ),
  ]),
);

/** The decoder takes a known field's type for granted, and would read on beyond a value of another type. */
function isExpected(schema: DescMessage, field: WireField): boolean {
  const expected = EXPECTED_TYPES.get(schema)!.get(field.number);
  return expected === undefined || expected.type === field.type || (expected.list && field.type === 'bytes');
}

interface NestedField {
  readonly name: string;
  readonly list: boolean;
  readonly schema: DescMessage;
}

const NESTED_FIELDS = new Map(
  [...CONTAINERS].map((schema) => [
    schema,
    new Map(
      schema.fields.flatMap((field): [number, NestedField][] => {
        const message = field.message;
        if (!message || !CONTAINERS.has(message)) return [];
        return [[field.number, { name: field.localName, list: field.fieldKind === 'list', schema: message }]];
      }),
    ),
  ]),
);

function nested(schema: DescMessage, number: number): NestedField | undefined {
  return NESTED_FIELDS.get(schema)?.get(number);
}

const PAYLOAD_NUMBERS = new Map(PAYLOAD_FIELDS.map((name) => [TensorProtoSchema.field[name].number, name]));

function payloadField(number: number): PayloadField | undefined {
  return PAYLOAD_NUMBERS.get(number);
}
