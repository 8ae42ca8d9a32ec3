import type { GraphNode } from './graph.js';

/*
 * Attributes of nodes in protobuf's JSON: texts are base64 (or lists of codes), long numbers are strings, and a default may
 * be left out. Read as TensorFlow.js reads them, since it is what runs the graph.
 */

type Attribute = { s?: unknown; i?: unknown; b?: unknown; type?: unknown; list?: { i?: unknown; s?: unknown } };

/** A text in capitals, or undefined. */
export function text(node: GraphNode, name: string): string | undefined {
  return decoded(attribute(node, name).s);
}

/** A list of texts in capitals; empty if there is none. */
export function texts(node: GraphNode, name: string): string[] {
  const listed = attribute(node, name).list?.s;
  return Array.isArray(listed) ? listed.map((one) => decoded(one) ?? '') : [];
}

export function flag(node: GraphNode, name: string): boolean {
  return attribute(node, name).b === true;
}

/** A list of whole numbers, or undefined. */
export function integers(node: GraphNode, name: string): number[] | undefined {
  const listed = attribute(node, name).list?.i;
  return Array.isArray(listed) ? listed.map(Number) : undefined;
}

/** Whether any attribute says that the node handles text tensors. */
export function handlesText(node: GraphNode): boolean {
  // 7 is DT_STRING in the numeric form.
  return Object.keys(node.attributes).some((name) => ['DT_STRING', 7].includes(attribute(node, name).type as string));
}

/** Whether the input's values are whole numbers. */
export function isInteger(node: GraphNode, name: string): boolean {
  const integerTypes = ['DT_INT32', 'DT_INT64', 'DT_INT8', 'DT_UINT8', 3, 9, 6, 4];
  return integerTypes.includes(attribute(node, name).type as string);
}

/** Whether a cast leaves float values as they are. */
export function castsToFloat(node: GraphNode): boolean {
  return ['DT_FLOAT', 1].includes(attribute(node, 'DstT').type as string);
}

function decoded(text: unknown): string | undefined {
  if (Array.isArray(text)) return String.fromCharCode(...text.slice(0, 64).map(Number)).toUpperCase();
  return typeof text === 'string' ? Buffer.from(text, 'base64').toString('latin1').toUpperCase() : undefined;
}

function attribute(node: GraphNode, name: string): Attribute {
  const found = node.attributes[name];
  return typeof found === 'object' && found !== null ? found : {};
}
