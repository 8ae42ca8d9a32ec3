import type { NodeProto } from 'onnx-buf';
import { type Graph, isOperator, nodeName, type Use } from './graph.js';
import type { StoredTensor } from './tensors.js';

/** A node's input that a stored tensor is read by on purpose. */
export type Read = Pick<Use, 'node' | 'index'>;

/** Who else reads a tensor, in words, or undefined: an edit would change that along with what it is meant for. */
export function alsoUsed(graph: Graph, tensor: StoredTensor, known: readonly Read[]): string | undefined {
  for (const [value, stored] of graph.constants) {
    if (stored !== tensor) continue;
    const stranger = readers(graph, value).find(
      ({ node, index }) => !readsShapeOnly(node) && !known.some((read) => read.node === node && read.index === index),
    );
    if (stranger) return `also read by ${nodeName(stranger.node)}`;
    if (viewsOf(graph, value).some((name) => graph.isOutput(name))) return 'also an output of the model';
  }
  return undefined;
}

/** Who reads a stored value in the end, through views. */
export function readers(graph: Graph, value: string): Use[] {
  return viewsOf(graph, value).flatMap((name) =>
    graph.uses(name).filter(({ node, index, nested }) => nested || index !== 0 || !graph.isView(node)),
  );
}

export function readsShapeOnly(node: NodeProto): boolean {
  return isOperator(node, 'Shape') || isOperator(node, 'Size');
}

/** The value and all views of it. */
function viewsOf(graph: Graph, value: string): string[] {
  const found = new Set([value]);
  for (const name of found) {
    for (const { node, index, nested } of graph.uses(name)) {
      if (!nested && index === 0 && graph.isView(node)) for (const output of node.output) found.add(output);
    }
  }
  return [...found];
}
