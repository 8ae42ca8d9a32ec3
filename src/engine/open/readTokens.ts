import { breathe } from '../../base/abort.js';
import { Random } from '../../base/random.js';
import { elementCount, type Tensor } from '../../linalg/tensor.js';
import type { ActivationPoint, Classifier } from '../../models/classifier.js';

/** Some of a transformer's tokens. */
export interface ReadTokens {
  readonly tokens: readonly number[];
  /** How many tokens there are. */
  readonly of: number;
}

/** Bytes of changed copies that run at a time. */
const COPIES_BYTES = 32 * 2 ** 20;
/** Logits that differ by less than this share of the largest one are the same. */
const SAME = 1e-5;

/**
 * The tokens that the logits of a transformer are made from (often one, the class token), whatever they are called: each token
 * is changed where tokens were last seen, and the logits tell.
 * @param sample a batch of one.
 * @returns null if the logits depend on most of them, or if there are no tokens.
 */
export async function findReadTokens(
  classifier: Classifier,
  sample: Tensor,
  signal?: AbortSignal,
): Promise<ReadTokens | null> {
  const point = classifier.activations.findLast(({ layout }) => layout === 'tokens');
  if (!point) return null;
  const { taps } = await classifier.forward(sample, { taps: [point.id], signal });
  const value = taps.get(point.id)!;
  const count = value.dims.length === 3 ? value.dims[1] : 0;
  if (count < 2 || value.dims[0] !== 1) return null;
  const tokens = await tokensThatMatter(classifier, point, value, signal);
  return tokens.length > 0 && 2 * tokens.length <= count ? { tokens, of: count } : null;
}

async function tokensThatMatter(
  classifier: Classifier,
  { id }: ActivationPoint,
  value: Tensor,
  signal?: AbortSignal,
): Promise<number[]> {
  const [, count, width] = value.dims;
  const length = elementCount(value.dims);
  const size = Math.sqrt(value.data.reduce((sum, one) => sum + one * one, 0) / length) || 1;
  const random = new Random(1);
  // Not along the token itself: a normalisation would not see that.
  const change = Float32Array.from({ length: width }, () => size * random.normal());
  const before = (await classifier.forwardFrom(id, value, { signal })).data;
  const largest = before.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  const step = Math.max(1, Math.floor(COPIES_BYTES / value.data.byteLength));
  const found: number[] = [];
  for (let first = 0; first < count; first += step) {
    await breathe(signal);
    const copies = Math.min(step, count - first);
    const data = new Float32Array(copies * length);
    for (let copy = 0; copy < copies; copy++) {
      data.set(value.data, copy * length);
      const at = copy * length + (first + copy) * width;
      for (let c = 0; c < width; c++) data[at + c] += change[c];
    }
    const after = await classifier.forwardFrom(id, { dims: [copies, count, width], data }, { signal });
    for (let copy = 0; copy < copies; copy++) {
      const isSame = before.every((logit, c) => {
        return Math.abs(after.data[copy * before.length + c] - logit) <= SAME * largest;
      });
      if (!isSame) found.push(first + copy);
    }
  }
  return found;
}
