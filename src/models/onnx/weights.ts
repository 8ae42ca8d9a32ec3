import { LetheError } from '../../base/errors.js';
import { type Matrix, matrix } from '../../linalg/matrix.js';
import type { OnnxLayer } from './layers.js';
import { decodeValues, encodeValues, readPayload } from './tensors.js';
import { applySteps, undoSteps } from './views.js';

/** A new weight for a layer, as `out` x `in`. */
export interface WeightEdit {
  readonly layer: OnnxLayer;
  readonly weight: Matrix;
}

/** A layer's weight from the model file, as `out` x `in`. @throws LetheError `weights-not-finite`, `file-unreadable`. */
export async function readWeight(file: string, layer: OnnxLayer): Promise<Matrix> {
  const { tensor, steps } = layer.matrix;
  const stored = decodeValues(tensor.type, await readPayload(tensor.range!));
  refuseNotFinite(file, tensor.name, stored);
  return matrix(layer.out, layer.in, applySteps(stored, tensor.dims, steps));
}

/** A weight in the order and type in which its tensor is stored. */
export function storedBytes({ layer, weight }: WeightEdit): Uint8Array {
  const { tensor, steps } = layer.matrix;
  return encodeValues(tensor.type, undoSteps(weight.data, tensor.dims, steps));
}

function refuseNotFinite(file: string, name: string, values: Float32Array): void {
  let nan = 0;
  let infinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value - value === 0) continue;
    if (Number.isNaN(value)) nan += 1;
    else infinite += 1;
  }
  if (nan + infinite === 0) return;
  const counts = [nan > 0 ? `${nan} NaN` : '', infinite > 0 ? `${infinite} infinite` : ''].filter(
    (part) => part !== '',
  );
  throw new LetheError('weights-not-finite', {
    message: `holds ${counts.join(' and ')} of ${values.length} values`,
    file,
    place: `tensor "${name}"`,
    hint: 'The model was damaged or its training diverged; use an earlier checkpoint.',
  });
}
