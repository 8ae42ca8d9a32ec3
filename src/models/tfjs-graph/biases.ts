import type { StoredWeight } from '../tfjs/manifest.js';
import { unfitWeight } from '../tfjs/network.js';
import { integers, texts } from './attributes.js';
import type { Constants } from './constants.js';
import type { Graph, GraphNode } from './graph.js';

/** A stored bias and the node that adds it to a layer's product. */
export interface BiasUse {
  readonly weight: StoredWeight;
  readonly node: string;
}

/** A layer's product: the value, and where its rows (the outputs) lie. */
export interface Product {
  readonly node: GraphNode;
  readonly out: number;
  /** Of the rows, counted from the back as for broadcasting. */
  readonly axis: number;
  /** Number of axes, if it is known. */
  readonly rank: number | null;
}

const ADDITIONS = new Set(['BiasAdd', 'Add', 'AddV2']);

/**
 * Finds biases: stored vectors of one value a row. TensorFlow.js adds them as any other tensor, to the last axis unless they
 * are shaped otherwise, whatever the layout that a BiasAdd names.
 */
export class Biases {
  readonly #graph: Graph;
  readonly #constants: Constants;
  readonly #readers = new Map<string, GraphNode[]>();

  constructor(graph: Graph, constants: Constants) {
    this.#graph = graph;
    this.#constants = constants;
    for (const node of graph.nodes) {
      for (const value of node.inputs) this.#readers.set(value, [...(this.#readers.get(value) ?? []), node]);
    }
  }

  /** The bias that is added to a product before anything else happens to it. */
  async of(product: Product): Promise<BiasUse | undefined> {
    const fused = texts(product.node, 'fused_ops');
    if (fused.length > 0) {
      const bias = fused[0] === 'BIASADD' ? product.node.inputs[2] : undefined;
      return bias === undefined ? undefined : this.#stored(bias, product.node, product);
    }
    const added = await this.#addition(product);
    return added && this.#stored(added.bias, added.node, product);
  }

  /** The node that adds something to the product, perhaps after nodes that keep its last axis, and what it adds. */
  async #addition({ node, out, axis, rank }: Product) {
    let value = node.name;
    for (;;) {
      const [reader, ...others] = this.#readers.get(value) ?? [];
      if (!reader || others.length > 0 || value === this.#graph.output) return undefined;
      if (ADDITIONS.has(reader.op)) {
        const bias = reader.inputs[reader.inputs[0] === value ? 1 : 0];
        return bias === undefined ? undefined : { node: reader, bias };
      }
      if (axis !== -1 || reader.inputs[0] !== value) return undefined;
      const next = await this.#rankAfter(reader, rank, out);
      if (next === undefined) return undefined;
      [value, rank] = [reader.name, next];
    }
  }

  /** The rank of what a node makes of a value, given that the last axis stays what it is; else undefined. */
  async #rankAfter(node: GraphNode, rank: number | null, out: number): Promise<number | null | undefined> {
    switch (node.op) {
      case 'Identity':
        return rank;
      case 'Squeeze': {
        const dropped = integers(node, 'squeeze_dims') ?? [];
        const isBeforeLast = (axis: number) => (axis < 0 ? axis < -1 : rank !== null && axis < rank - 1);
        if (rank === null || dropped.length === 0 || !dropped.every(isBeforeLast)) return undefined;
        return rank - dropped.length;
      }
      case 'BatchToSpaceND': {
        const blocks = await this.#constants.integers(node.inputs[1] ?? '');
        return rank !== null && blocks && blocks.length < rank - 1 ? rank : undefined;
      }
      case 'Reshape':
        return (await this.#lastSize(node.inputs[1] ?? '')) === out ? null : undefined;
      default:
        return undefined;
    }
  }

  /** The last of some sizes, of which the others may be known only when the model runs. */
  async #lastSize(value: string): Promise<number | undefined> {
    const known = await this.#constants.integers(value);
    if (known) return known.at(-1);
    const node = this.#graph.makerOf(value);
    if (node?.op !== 'ConcatV2' || node.inputs.length < 2) return undefined;
    // Its last input is the axis.
    return (await this.#constants.integers(node.inputs[node.inputs.length - 2]))?.at(-1);
  }

  async #stored(value: string, { name }: GraphNode, { out, axis }: Product): Promise<BiasUse | undefined> {
    const operand = await this.#constants.operand(value);
    if (!operand || 'reason' in operand || unfitWeight(operand.weight)) return undefined;
    const sizes = operand.axes.map(({ size }) => size);
    const count = sizes.reduce((product, size) => product * size, 1);
    const isOneForEachRow = count === out && (out === 1 || sizes[sizes.length + axis] === out);
    return isOneForEachRow ? { weight: operand.weight, node: name } : undefined;
  }
}
