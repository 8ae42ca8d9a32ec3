import type { ModelFiles, StoredWeight } from '../tfjs/manifest.js';
import { readIntegers } from '../tfjs/tensors.js';
import { type Axis, axesOf, reshapeAxes } from '../tfjs/view.js';
import { castsToFloat, integers } from './attributes.js';
import type { Graph, GraphNode } from './graph.js';

/** A stored tensor as a node sees it after reshaping and transposing. */
export interface Operand {
  readonly weight: StoredWeight;
  readonly axes: readonly Axis[];
}

/** A constant that can't be followed back to the stored tensor, and why. */
export interface Opaque {
  readonly reason: string;
}

/** Nodes that hand on a tensor's values unchanged, in TensorFlow.js at least. */
const SAME = new Set(['Identity', 'StopGradient', 'Snapshot', 'FakeQuantWithMinMaxVars', 'Cast']);
const SHAPES = new Set(['Reshape', 'Transpose', 'ExpandDims', 'Squeeze']);

/** Whether a node only shows its first input under another name or shape. */
export function handsOn({ op }: GraphNode): boolean {
  return SAME.has(op) || SHAPES.has(op);
}

/** Follows constants of a graph to the tensors in the shards. */
export class Constants {
  readonly #files: ModelFiles;
  readonly #graph: Graph;
  readonly #operands = new Map<string, Promise<Operand | Opaque | null>>();

  constructor(files: ModelFiles, graph: Graph) {
    this.#files = files;
    this.#graph = graph;
  }

  /** The stored tensor behind a value; null if the value is no constant. */
  operand(value: string): Promise<Operand | Opaque | null> {
    let found = this.#operands.get(value);
    if (!found) {
      found = this.#follow(value);
      this.#operands.set(value, found);
    }
    return found;
  }

  /** The values of a small constant of whole numbers (a shape, a permutation); null if it is none. */
  async integers(value: string): Promise<number[] | null> {
    const operand = await this.operand(value);
    if (!operand || 'reason' in operand) return null;
    const { weight } = operand;
    if (weight.dtype !== 'int32' || weight.quantization || weight.bytes > 1024) return null;
    return [...(await readIntegers(weight))];
  }

  async #follow(value: string): Promise<Operand | Opaque | null> {
    const node = this.#graph.makerOf(value);
    if (!node || value !== node.name) return null;
    if (node.op === 'Const') {
      const weight = this.#files.weights.get(node.name);
      return weight ? { weight, axes: axesOf(weight.shape) } : null;
    }
    if (!handsOn(node) || node.inputs.length === 0) return null;
    const source = await this.operand(node.inputs[0]);
    if (!source || 'reason' in source) return source;
    if (node.op === 'Cast' && !(castsToFloat(node) && source.weight.dtype === 'float32'))
      return { reason: 'its weight is cast to another type' };
    const axes = SAME.has(node.op) ? source.axes : await this.#reshaped(node, source.axes);
    return axes
      ? { weight: source.weight, axes }
      : { reason: `its weight goes through a ${node.op} that cannot be followed` };
  }

  async #reshaped(node: GraphNode, axes: readonly Axis[]): Promise<readonly Axis[] | null> {
    const sizes = axes.map(({ size }) => size);
    if (node.op === 'Squeeze') {
      const dropped = (integers(node, 'squeeze_dims') ?? []).map((axis) => (axis < 0 ? axis + axes.length : axis));
      const gone = (size: number, i: number) => size === 1 && (dropped.length === 0 || dropped.includes(i));
      return axes.filter(({ size }, i) => !gone(size, i));
    }
    const argument = node.inputs.length > 1 ? await this.integers(node.inputs[1]) : null;
    if (!argument) return null;
    if (node.op === 'Transpose') {
      const complete = argument.length === axes.length && axes.every((_, i) => argument.includes(i));
      return complete ? argument.map((axis) => axes[axis]) : null;
    }
    if (node.op === 'ExpandDims') {
      const at = argument[0] < 0 ? argument[0] + axes.length + 1 : argument[0];
      return [...axes.slice(0, at), { size: 1, stride: 1 }, ...axes.slice(at)];
    }
    const known = argument.reduce((product, size) => (size < 0 ? product : product * size), 1);
    const total = sizes.reduce((product, size) => product * size, 1);
    const shape = argument.map((size) => (size < 0 ? total / known : size));
    return shape.every(Number.isInteger) ? reshapeAxes(axes, shape) : null;
  }
}
