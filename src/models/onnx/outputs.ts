import { TensorProto_DataType as DataType } from 'onnx-buf';
import { LetheError } from '../../base/errors.js';
import { declared, type Graph, isOperator } from './graph.js';
import { isEditableType } from './tensors.js';

/** Dims of a value, null where free, or undefined where nothing is known. */
export type Dims = readonly (number | null)[] | undefined;

/** Which value of the graph the class scores are. */
export interface Logits {
  /** Name of the value: the output itself, or what its final softmax reads. */
  readonly value: string;
  /** Number of classes as far as the dims tell. */
  readonly classCount: number | null;
}

/**
 * Chooses the output with the class scores: the first that holds real numbers and has one axis besides the batch.
 * @param dimsOf dims of an output, where more is known than the file declares
 * @throws LetheError `not-a-classifier`.
 */
export function findLogits(graph: Graph, dimsOf: (value: string) => Dims = () => undefined): Logits {
  const outputs = graph.proto.output.map((output) => {
    const info = declared(output);
    return { name: output.name, type: info?.type ?? DataType.UNDEFINED, dims: dimsOf(output.name) ?? info?.dims };
  });
  const scores = outputs.filter(({ type }) => isEditableType(type) || type === DataType.UNDEFINED);
  const chosen = scores.find(({ dims }) => dims === undefined || classAxis(dims) !== undefined);
  if (!chosen || !graph.isActivation(chosen.name)) {
    const list = outputs.map(({ name, type, dims }) => {
      const kind =
        type === DataType.UNDEFINED || isEditableType(type) ? '' : ` of type ${DataType[type].toLowerCase()}`;
      return `"${name}"${kind} [${dims?.map((dim) => dim ?? '?').join(', ') ?? '?'}]`;
    });
    throw notAClassifier(graph.file, `its outputs are ${list.join(', ') || 'none'}`);
  }
  const axis = chosen.dims && classAxis(chosen.dims);
  return { value: beforeSoftmax(graph, chosen.name), classCount: axis === undefined ? null : chosen.dims![axis] };
}

export function notAClassifier(file: string, found: string): LetheError {
  return new LetheError('not-a-classifier', {
    message: `is not a classifier: ${found}, where [N, number of classes] with two or more classes was expected`,
    file,
    hint: 'Lethe works on models whose output has one score for each class.',
  });
}

/** The one axis besides the batch that is not of size 1, if there is exactly one and it can hold two classes. */
function classAxis(dims: readonly (number | null)[]): number | undefined {
  const wide = dims.flatMap((dim, axis) => (axis > 0 && dim !== 1 ? [axis] : []));
  return wide.length === 1 ? wide[0] : undefined;
}

const SHAPERS = new Set(['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Cast']);

/** Scores say more before a softmax: distances do not vanish, and a log of 0 can't occur. */
function beforeSoftmax(graph: Graph, output: string): string {
  let value = output;
  for (;;) {
    const node = graph.producer(value);
    if (!node || !graph.isActivation(node.input[0] ?? '')) return output;
    if (isOperator(node, 'Softmax') || isOperator(node, 'LogSoftmax')) return node.input[0];
    if (!SHAPERS.has(node.opType) || node.domain !== '') return output;
    value = node.input[0];
  }
}
