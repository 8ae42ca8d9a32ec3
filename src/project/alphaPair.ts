import type { AlphaPair } from '../contract/terms.js';

/** Whether two pairs are the same one; null is none. */
export function isSamePair(a: AlphaPair, b: AlphaPair | null | undefined): boolean {
  return a.alphaR === b?.alphaR && a.alphaF === b.alphaF;
}

/** `alpha_r 30 and alpha_f 10`. */
export function pairText({ alphaR, alphaF }: AlphaPair): string {
  return `alpha_r ${alphaR} and alpha_f ${alphaF}`;
}
