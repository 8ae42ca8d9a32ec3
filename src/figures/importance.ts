/**
 * How much a direction counts in its space, 0..1: `alpha s / ((alpha - 1) s + 1)` (Kodge et al., TMLR 2024).
 * @param share `s`, of the variance along the direction, 0..1: a normalised squared singular value.
 * @param alpha 0 or more; with 0 nothing counts, with 1 a direction counts as much as its share.
 */
export function importance(share: number, alpha: number): number {
  return alpha === 0 ? 0 : (alpha * share) / ((alpha - 1) * share + 1);
}

/** What some directions count as together: a space's effective dimension, if they are all of them. */
export function dimensionOf(shares: ArrayLike<number>, alpha: number): number {
  let sum = 0;
  for (let at = 0; at < shares.length; at++) sum += importance(shares[at], alpha);
  return sum;
}
