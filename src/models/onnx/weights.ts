import { type Matrix, matrix } from '../../linalg/matrix.js';
import type { LayerEdit } from '../../linalg/weightEdits.js';
import { refuseNotFinite } from '../notFinite.js';
import type { OnnxLayer } from './layers.js';
import { decodeValues, encodeValues, readPayload, type StoredTensor } from './tensors.js';
import { applySteps, undoSteps, type View } from './views.js';

/** New bytes for a stored tensor, made when they are needed. */
export interface TensorEdit {
  readonly tensor: StoredTensor;
  readonly bytes: () => Uint8Array;
}

/** A layer's weight from the model file, as `out` x `in`. @throws LetheError `weights-not-finite`, `file-unreadable`. */
export async function readWeight(file: string, layer: OnnxLayer): Promise<Matrix> {
  return matrix(layer.out, layer.in, await readView(file, layer.matrix));
}

/** A layer's bias from the model file, or null if it has none. @throws LetheError as `readWeight`. */
export async function readBias(file: string, { bias }: OnnxLayer): Promise<Float32Array | null> {
  return bias ? scaled(await readView(file, bias.vector), bias.scale) : null;
}

/** A layer's new values, in the order and type in which its tensors are stored. */
export function tensorEdits(layer: OnnxLayer, { weight, bias }: LayerEdit): TensorEdit[] {
  const edits = [{ tensor: layer.matrix.tensor, bytes: () => storedBytes(layer.matrix, weight.data) }];
  if (layer.bias && bias) {
    const { vector, scale } = layer.bias;
    edits.push({ tensor: vector.tensor, bytes: () => storedBytes(vector, scaled(bias, 1 / scale)) });
  }
  return edits;
}

async function readView(file: string, { tensor, steps }: View): Promise<Float32Array> {
  const stored = decodeValues(tensor.type, await readPayload(tensor.range!));
  refuseNotFinite(stored, tensor.name, file);
  return applySteps(stored, tensor.dims, steps);
}

function storedBytes({ tensor, steps }: View, values: Float32Array): Uint8Array {
  return encodeValues(tensor.type, undoSteps(values, tensor.dims, steps));
}

function scaled(values: Float32Array, factor: number): Float32Array {
  return factor === 1 ? values : values.map((value) => factor * value);
}
