import { breathe } from '../../base/abort.js';
import { elementCount, type Tensor } from '../../linalg/tensor.js';
import type { Session } from './session.js';

/** How many samples a session takes at once: any number up to `most`, or always exactly `exactly`. */
export interface BatchSize {
  readonly most: number;
  readonly exactly?: number;
}

/**
 * Runs any number of samples through a session in chunks, and joins the results along their first axis.
 * @param inputs as many samples of each
 * Where the model's own batch size is fixed, the last chunk is filled up with its last sample and the surplus is cut off.
 */
export async function runInChunks(
  session: Session,
  inputs: ReadonlyMap<string, Tensor>,
  outputs: readonly string[],
  size: BatchSize,
  signal?: AbortSignal,
): Promise<Map<string, Tensor>> {
  const [first] = inputs.values();
  const samples = first.dims[0];
  const step = size.exactly ?? size.most;
  const parts = new Map<string, Tensor[]>(outputs.map((name) => [name, []]));
  for (let start = 0; start < samples; start += step) {
    await breathe(signal);
    const count = Math.min(step, samples - start);
    const filled = size.exactly === undefined ? count : step;
    const fed = new Map([...inputs].map(([name, batch]) => [name, filledUp(batch, start, count, filled)]));
    const results = await session.run(fed, outputs);
    for (const [name, tensor] of results) {
      const surplus = filled > count && tensor.dims[0] % filled === 0;
      parts.get(name)!.push(surplus ? takeSamples(tensor, 0, (tensor.dims[0] / filled) * count) : tensor);
    }
  }
  return new Map(outputs.map((name) => [name, joined(parts.get(name)!)]));
}

function takeSamples(tensor: Tensor, start: number, count: number): Tensor {
  if (start === 0 && count === tensor.dims[0]) return tensor;
  const length = elementCount(tensor.dims.slice(1));
  return {
    dims: [count, ...tensor.dims.slice(1)],
    data: tensor.data.subarray(start * length, (start + count) * length),
  };
}

function filledUp(batch: Tensor, start: number, count: number, wanted: number): Tensor {
  const taken = takeSamples(batch, start, count);
  if (count === wanted) return taken;
  const length = elementCount(batch.dims.slice(1));
  const data = new Float32Array(wanted * length);
  data.set(taken.data);
  for (let i = count; i < wanted; i++) data.copyWithin(i * length, (count - 1) * length, count * length);
  return { dims: [wanted, ...batch.dims.slice(1)], data };
}

function joined(parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return parts[0];
  if (parts.length === 0) return { dims: [0], data: new Float32Array() };
  const data = new Float32Array(parts.reduce((total, part) => total + part.data.length, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return { dims: [parts.reduce((total, part) => total + part.dims[0], 0), ...parts[0].dims.slice(1)], data };
}
