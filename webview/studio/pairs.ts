import type { AlphaPair } from '../../src/contract/terms.js';

/** Whether two pairs of alphas are the same; null is none. */
export function isSamePair(a: AlphaPair | null, b: AlphaPair | null): boolean {
  return a?.alphaR === b?.alphaR && a?.alphaF === b?.alphaF;
}
