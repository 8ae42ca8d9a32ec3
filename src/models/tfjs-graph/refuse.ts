import type { JsonFile } from '../tfjs/json.js';
import { corrupt, type ModelFiles } from '../tfjs/manifest.js';
import { handlesText, integers } from './attributes.js';
import type { Constants } from './constants.js';
import { type Graph, type GraphNode, unsupported } from './graph.js';

const CONTROL_FLOW =
  /^(Ref)?(Switch|Merge|Enter|Exit|NextIteration)$|^LoopCond$|^(Stateless)?(If|While|Case)$|^(Stateful)?PartitionedCall$|^Tensor(Array|List)/;
const VALUE_DEPENDENT = /^(NonMaxSuppressionV\d|Where|ListDiff)$/;
const TEXTS =
  /^(String|StaticRegex|RegexReplace|Hash[Tt]able|LookupTable|DecodeJpeg|DecodePng|DecodeImage|ParseExample)/;

/** Operands that say how large a result gets, and where a damaged file could ask for anything. */
const SIZE_OPERANDS: Readonly<Record<string, readonly number[]>> = {
  BroadcastTo: [1],
  Fill: [0],
  LinSpace: [2],
  MirrorPad: [1],
  OneHot: [1],
  Pad: [1],
  PadV2: [1],
  Range: [0, 1],
  ResizeBilinear: [1],
  ResizeNearestNeighbor: [1],
  SpaceToBatchND: [1, 2],
  Tile: [1],
};
const LARGEST_SIZE = 2 ** 26;

/** Attributes that count pixels; beyond this the runtime's own numbers overflow. */
const PIXEL_ATTRIBUTES = ['strides', 'dilations', 'ksize', 'explicit_paddings'];
const MOST_PIXELS = 2 ** 16;

/**
 * Refuses graphs that TensorFlow.js cannot run as a plain function from input to logits, before anything is loaded.
 * @throws LetheError `model-unsupported` naming the operation; `model-corrupt` for missing constants and absurd sizes.
 */
export async function refuseUnrunnable(files: ModelFiles, graph: Graph, constants: Constants): Promise<void> {
  const { json } = files;
  for (const node of graph.nodes) {
    if (CONTROL_FLOW.test(node.op))
      throw operation(json, node, 'control flow', 'Export the model for inference, without loops and branches.');
    if (VALUE_DEPENDENT.test(node.op)) {
      throw operation(
        json,
        node,
        'the size of its result depends on the values',
        'Export the classifier without detection or filtering steps.',
      );
    }
    if (TEXTS.test(node.op) || handlesText(node)) {
      throw operation(json, node, 'it works on text', 'Export the model without its text preprocessing.');
    }
    if (node.op === 'Const' && !files.weights.has(node.name)) {
      throw corrupt(
        json,
        `the constant "${node.name}" is not in the weights manifest`,
        node.at,
        'Convert the model again.',
      );
    }
    for (const name of PIXEL_ATTRIBUTES) {
      const least = name === 'explicit_paddings' ? 0 : 1;
      if (integers(node, name)?.every((size) => Number.isInteger(size) && size >= least && size < MOST_PIXELS) ?? true)
        continue;
      throw corrupt(
        json,
        `${name} of the ${node.op} "${node.name}" are no sizes in pixels`,
        node.at,
        'Fetch the model again.',
      );
    }
    for (const operand of SIZE_OPERANDS[node.op] ?? []) {
      const sizes = operand < node.inputs.length ? await constants.integers(node.inputs[operand]) : null;
      const product = (sizes ?? []).reduce((all, size) => all * Math.max(1, Math.abs(size)), 1);
      if (product > LARGEST_SIZE) {
        throw corrupt(
          json,
          `the ${node.op} "${node.name}" is asked for the size [${sizes?.join(', ')}]`,
          node.at,
          'The weights are damaged: fetch them again.',
        );
      }
    }
  }
}

function operation(json: JsonFile, { op, name, at }: GraphNode, why: string, hint: string) {
  return unsupported(json, `uses the operation ${op} ("${name}"), which cannot be run here: ${why}`, hint, at);
}
