import { TensorProto_DataType as DataType } from 'onnx-buf';
import { LetheError } from '../../base/errors.js';
import type { InputSpec, SkippedLayer } from '../classifier.js';
import { attribute, declared, Graph, isOperator } from './graph.js';
import { findLayers, type OnnxLayer } from './layers.js';
import { scanModel } from './scan.js';
import { isEditableType, storedTensors, type TensorTable, typeName } from './tensors.js';

/** Everything a model's headers tell: what `inspect` reports and `open` builds on. */
export interface OnnxModel {
  readonly path: string;
  readonly graph: Graph;
  readonly table: TensorTable;
  readonly input: InputSpec;
  readonly inputType: DataType;
  readonly layers: readonly OnnxLayer[];
  readonly skipped: readonly SkippedLayer[];
}

/** Reads the structure of a model file. @throws LetheError for what is damaged, missing or not supported. */
export async function readModel(path: string, signal?: AbortSignal): Promise<OnnxModel> {
  const scan = await scanModel(path, signal);
  const table = await storedTensors(scan);
  const graph = new Graph(path, scan.model, table);
  const { spec, type } = describeInput(graph);
  const { layers, skipped } = findLayers(graph, table.tensors.values());
  return { path, graph, table, input: spec, inputType: type, layers, skipped };
}

/** Number of values in the model's weights, biases and other stored real or quantised numbers. */
export function parameterCount(model: OnnxModel): number {
  const notParameters = [DataType.INT64, DataType.BOOL, DataType.STRING];
  let count = 0;
  for (const tensor of model.table.tensors.values()) if (!notParameters.includes(tensor.type)) count += tensor.count;
  return count;
}

function describeInput(graph: Graph): { spec: InputSpec; type: DataType } {
  const unsupported = (message: string) =>
    new LetheError('model-unsupported', {
      message,
      file: graph.file,
      hint: 'Lethe works on models that take one tensor of real numbers.',
    });
  if (graph.inputs.length !== 1) {
    const names = graph.inputs.map(({ name }) => `"${name}"`).join(', ');
    throw unsupported(`takes ${graph.inputs.length === 0 ? 'no input' : `${graph.inputs.length} inputs (${names})`}`);
  }
  const [input] = graph.inputs;
  const info = declared(input);
  if (!info || !isEditableType(info.type)) {
    throw unsupported(`input "${input.name}" is ${info ? `of type ${typeName(info.type)}` : 'no tensor'}`);
  }
  if (!info.dims || info.dims.length < 2) throw unsupported(`input "${input.name}" has no declared dims of [N, ...]`);
  return {
    spec: { name: input.name, dims: info.dims, layout: layoutOf(graph, input.name, info.dims) },
    type: info.type,
  };
}

/** Images in ONNX are channels first, unless the sizes or the first operator say otherwise. */
function layoutOf(graph: Graph, name: string, dims: readonly (number | null)[]): InputSpec['layout'] {
  if (dims.length === 2) return 'features';
  if (dims.length !== 4) return 'unknown';
  const channels = (size: number | null) => size !== null && size <= 4;
  const firstReaders = graph.uses(name).map(({ node }) => node);
  if (firstReaders.some((node) => isOperator(node, 'Conv'))) return 'nchw';
  if (firstReaders.some((node) => isOperator(node, 'Transpose') && attribute(node, 'perm')?.ints.join() === '0,3,1,2'))
    return 'nhwc';
  if (channels(dims[1])) return 'nchw';
  return channels(dims[3]) ? 'nhwc' : 'unknown';
}
