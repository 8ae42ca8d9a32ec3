import { TensorProto_DataType as DataType } from 'onnx-buf';
import { LetheError } from '../../base/errors.js';
import { memoryText } from '../../contract/text.js';
import { elementCount, LARGEST_TENSOR_BYTES } from '../../linalg/tensor.js';
import { positionCount } from '../unfold.js';
import { buildHollow, type TensorSource, type TypedValue } from './build.js';
import type { OnnxModel } from './model.js';
import type { Dims } from './outputs.js';
import { inferValues } from './session.js';

/** Multiply-adds that any machine does in about 250 ms. */
const CHUNK_OPERATIONS = 2.5e9;
const CHUNK_BYTES = 256 * 2 ** 20;
const LARGEST_CHUNK = 256;

const DATA_TYPES: Readonly<Record<string, DataType>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  float64: DataType.DOUBLE,
};

/** Type and dims of the values of a graph; the first axis is the batch. */
export class Values {
  readonly #values = new Map<string, TypedValue>();

  /** Lets the runtime infer all values. @throws LetheError if it can't load the graph, or a value would be absurdly large. */
  static async infer(model: OnnxModel, source: TensorSource): Promise<Values> {
    const values = new Values();
    const hollow = await buildHollow(model.graph, model.table, source);
    for (const value of await inferValues(model.path, hollow)) {
      if (!value.isTensor) continue;
      // The runtime gives a value of unknown rank no dims at all, and a free dim a name.
      const free = value.shape.map((dim) => (typeof dim === 'number' ? dim : null));
      values.#add(
        model,
        value.name,
        DATA_TYPES[value.type] ?? DataType.UNDEFINED,
        free.length === 0 ? undefined : free,
      );
    }
    values.#add(model, model.input.name, model.inputType, model.input.dims);
    return values;
  }

  #add(model: OnnxModel, name: string, type: DataType, dims: Dims): void {
    const bytes = elementCount((dims ?? []).map((dim) => dim ?? 1)) * 4;
    if (bytes > LARGEST_TENSOR_BYTES) {
      throw new LetheError('model-unsupported', {
        message: `has dims [${dims!.map((dim) => dim ?? '?').join(', ')}], over ${memoryText(LARGEST_TENSOR_BYTES)}`,
        file: model.path,
        place: `value "${name}"`,
        hint: 'Lethe works on classifiers whose tensors fit into memory.',
      });
    }
    this.#values.set(name, { name, type, dims });
  }

  get(name: string): TypedValue {
    return this.#values.get(name) ?? { name, type: DataType.FLOAT, dims: undefined };
  }

  /** Samples to run at once, so that a run stays short and its tensors small. From the model alone, so that it never varies. */
  chunkSize(model: OnnxModel): number {
    const oneSample = (name: string) => this.get(name).dims?.map((dim, axis) => (axis === 0 ? 1 : (dim ?? 1)));
    const taps = new Set<string>();
    let operations = 1;
    for (const layer of model.layers) {
      for (const { tap, geometry } of layer.sites) {
        taps.add(tap);
        const dims = oneSample(tap);
        if (dims) operations += positionCount(geometry, dims) * layer.in * layer.out;
      }
    }
    // What is held at once: the tapped values, and the input and output of the operator that is running.
    const bytesOf = (name: string) => 4 * elementCount(oneSample(name) ?? []);
    let largest = 1;
    for (const name of this.#values.keys()) largest = Math.max(largest, bytesOf(name));
    let bytes = 2 * largest;
    for (const tap of taps) bytes += bytesOf(tap);
    const fitting = Math.floor(Math.min(CHUNK_OPERATIONS / operations, CHUNK_BYTES / bytes));
    return Math.max(1, Math.min(LARGEST_CHUNK, fitting));
  }
}
