import { breathe } from '../base/work.js';
import { elementCount, type Tensor } from '../linalg/tensor.js';
import type { Classifier, ForwardOptions, ForwardResult } from '../models/classifier.js';

/**
 * Runs n samples, at most `batch` in one forward pass: more may not fit into a runtime's memory, and nothing stops a pass.
 * @returns what one pass with all of them would.
 * @throws LetheError as `Classifier.forward`, `cancelled`.
 */
export async function forwardInBatches(
  classifier: Classifier,
  samples: Tensor,
  batch: number,
  { taps = [], signal }: ForwardOptions = {},
): Promise<ForwardResult> {
  const [count, ...dims] = samples.dims;
  const length = elementCount(dims);
  const passes: ForwardResult[] = [];
  for (let start = 0; start < count; start += batch) {
    await breathe(signal);
    const data = samples.data.subarray(start * length, (start + batch) * length);
    passes.push(await classifier.forward({ dims: [data.length / length, ...dims], data }, { taps, signal }));
  }
  return {
    logits: joined(passes.map(({ logits }) => logits)),
    taps: new Map(taps.map((tap) => [tap, joined(passes.map((pass) => pass.taps.get(tap)!))])),
  };
}

/** Along the first axis. */
function joined(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 1) return tensors[0];
  const data = new Float32Array(tensors.reduce((sum, tensor) => sum + tensor.data.length, 0));
  let start = 0;
  for (const tensor of tensors) {
    data.set(tensor.data, start);
    start += tensor.data.length;
  }
  return { dims: [tensors.reduce((sum, tensor) => sum + tensor.dims[0], 0), ...tensors[0].dims.slice(1)], data };
}
