import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto_DataType, ValueInfoProto } from 'onnx-buf';
import { LetheError } from '../../base/errors.js';
import type { Operation } from '../order.js';
import { type StoredTensor, smallInts, type TensorTable } from './tensors.js';

/** A node that reads a value, at which of its inputs, and whether from inside a subgraph (the body of an If, Loop ...). */
export interface Use {
  readonly node: NodeProto;
  readonly index: number;
  readonly nested: boolean;
}

/** A node as what it reads and makes. */
export interface NodeOperation extends Operation {
  readonly node: NodeProto;
}

/** Operators that pass on their input's values unchanged, in another shape, order or number type. */
const VIEW_OPERATORS = new Set(['Identity', 'Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast']);

/** The main graph with its wiring: who computes a value, who reads it, which values are stored tensors. */
export class Graph {
  readonly proto: GraphProto;
  readonly opset: number;
  /** In an order in which every node comes after what it reads. */
  readonly nodes: readonly NodeProto[];
  /** The same as operations. */
  readonly operations: readonly NodeOperation[];
  /** Stored values by name: initialisers and the tensors of Constant nodes. */
  readonly constants = new Map<string, StoredTensor>();
  /** What the user feeds: graph inputs that have no stored value and are read by some node. */
  readonly inputs: readonly ValueInfoProto[];
  readonly #producers = new Map<string, NodeProto>();
  readonly #uses = new Map<string, Use[]>();
  readonly #computed = new Set<string>();

  /** @throws LetheError `model-corrupt` if two nodes compute the same value or the graph has a cycle. */
  constructor(
    readonly file: string,
    readonly model: ModelProto,
    table: TensorTable,
  ) {
    this.proto = model.graph!;
    this.opset = Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1);
    for (const proto of this.proto.initializer) this.constants.set(proto.name, table.tensors.get(proto)!);
    for (const node of this.proto.node) {
      for (const value of node.output) {
        if (value === '') continue;
        if (this.#producers.has(value))
          throw this.corrupt(nodeName(node), `computes "${value}", which another node does too`);
        this.#producers.set(value, node);
      }
      const tensor = isOperator(node, 'Constant') ? attribute(node, 'value')?.t : undefined;
      if (tensor) this.constants.set(node.output[0], table.tensors.get(tensor)!);
      for (const { value, index, nested } of reads(node)) {
        const uses = this.#uses.get(value) ?? [];
        uses.push({ node, index, nested });
        this.#uses.set(value, uses);
      }
    }
    this.nodes = this.#sorted();
    this.operations = this.nodes.map((node) => {
      return {
        node,
        inputs: reads(node).map(({ value }) => value),
        outputs: node.output.filter((value) => value !== ''),
      };
    });
    this.inputs = this.proto.input.filter(({ name }) => !this.constants.has(name) && this.#uses.has(name));
    for (const { name } of this.inputs) this.#computed.add(name);
    for (const node of this.nodes) {
      if (reads(node).some(({ value }) => this.#computed.has(value)))
        for (const value of node.output) this.#computed.add(value);
    }
  }

  producer(value: string): NodeProto | undefined {
    return this.#producers.get(value);
  }

  uses(value: string): readonly Use[] {
    return this.#uses.get(value) ?? [];
  }

  isOutput(value: string): boolean {
    return this.proto.output.some(({ name }) => name === value);
  }

  /** Whether the value depends on what the user feeds. */
  isActivation(value: string): boolean {
    return this.#computed.has(value);
  }

  /** Whether the node passes on its first input's values as they are. */
  isView(node: NodeProto): boolean {
    return inDefaultDomain(node) && VIEW_OPERATORS.has(node.opType);
  }

  /** Whole numbers that an operator takes as an attribute in older operator sets and as an input in newer ones. */
  intsOf(node: NodeProto, name: string, index: number): number[] | undefined {
    const stored = this.constants.get(node.input[index] ?? '');
    return attribute(node, name) ? ints(node, name) : stored && smallInts(stored);
  }

  corrupt(place: string, message: string): LetheError {
    return new LetheError('model-corrupt', {
      message,
      file: this.file,
      place,
      hint: 'Export or download the model again.',
    });
  }

  /** The file's own order, which the format wants sorted; where it is not, Kahn's algorithm. */
  #sorted(): readonly NodeProto[] {
    if (this.#isSorted()) return this.proto.node;
    const waiting = new Map<NodeProto, number>();
    for (const node of this.proto.node) {
      waiting.set(node, reads(node).filter(({ value }) => this.#producers.has(value)).length);
    }
    const sorted = this.proto.node.filter((node) => waiting.get(node) === 0);
    for (let next = 0; next < sorted.length; next++) {
      for (const value of sorted[next].output) {
        for (const { node } of this.uses(value)) {
          const missing = waiting.get(node)! - 1;
          waiting.set(node, missing);
          if (missing === 0) sorted.push(node);
        }
      }
    }
    const stuck = this.proto.node.find((node) => waiting.get(node)! > 0);
    if (stuck) throw this.corrupt(nodeName(stuck), 'depends on its own result');
    return sorted;
  }

  #isSorted(): boolean {
    const seen = new Set<string>();
    for (const node of this.proto.node) {
      if (reads(node).some(({ value }) => this.#producers.has(value) && !seen.has(value))) return false;
      for (const value of node.output) seen.add(value);
    }
    return true;
  }
}

/** Every value a node reads, also from inside its subgraphs. */
export function reads(node: NodeProto): { value: string; index: number; nested: boolean }[] {
  const found = node.input.flatMap((value, index) => (value === '' ? [] : [{ value, index, nested: false }]));
  for (const { g, graphs } of node.attribute) {
    for (const graph of g ? [g, ...graphs] : graphs) {
      for (const inner of graph.node) found.push(...reads(inner).map((read) => ({ ...read, nested: true })));
      found.push(...graph.output.map(({ name }, index) => ({ value: name, index, nested: true })));
    }
  }
  return found;
}

/** Whether the node is this operator of ONNX itself. */
export function isOperator(node: NodeProto, op: string): boolean {
  return node.opType === op && inDefaultDomain(node);
}

export function inDefaultDomain(node: NodeProto): boolean {
  return node.domain === '' || node.domain === 'ai.onnx';
}

/** `Conv "/stem/Conv"`, as messages name a node. */
export function nodeName(node: NodeProto): string {
  return `${node.opType} "${node.name || (node.output[0] ?? '')}"`;
}

export function attribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((candidate) => candidate.name === name);
}

export function int(node: NodeProto, name: string, fallback: number): number {
  const found = attribute(node, name);
  return found ? Number(found.i) : fallback;
}

export function float(node: NodeProto, name: string, fallback: number): number {
  return attribute(node, name)?.f ?? fallback;
}

export function ints(node: NodeProto, name: string): number[] | undefined {
  return attribute(node, name)?.ints.map(Number);
}

export function text(node: NodeProto, name: string, fallback: string): string {
  const found = attribute(node, name);
  return found ? new TextDecoder().decode(found.s) : fallback;
}

/** Element type and dims of a declared value; null for a free dim, undefined dims if none are declared. */
export function declared(value: ValueInfoProto): { type: TensorProto_DataType; dims?: (number | null)[] } | undefined {
  if (value.type?.value.case !== 'tensorType') return undefined;
  const { elemType, shape } = value.type.value.value;
  const dims = shape?.dim.map(({ value: size }) =>
    size.case === 'dimValue' && size.value > 0n ? Number(size.value) : null,
  );
  return { type: elemType, dims };
}
