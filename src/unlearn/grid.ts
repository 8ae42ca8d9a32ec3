import { LetheError } from '../base/errors.js';
import type { Recipe } from '../contract/candidates.js';
import { isAlpha, LARGEST_ALPHA } from '../contract/settings.js';

/**
 * Every pair of some alphas, by alpha_r ascending, then alpha_f descending: those with one alpha_r follow each other and share
 * their work.
 * @throws LetheError `usage` for alphas that are empty or out of range.
 */
export function alphaGrid(
  method: Recipe['method'],
  alphaR: readonly number[],
  alphaF: readonly number[],
): readonly Recipe[] {
  const retain = checked('alpha_r', alphaR);
  const forget = checked('alpha_f', alphaF).reverse();
  return retain.flatMap((r) => forget.map((f): Recipe => ({ method, alphaR: r, alphaF: f })));
}

/** The values in ascending order, each once. */
function checked(name: string, alphas: readonly number[]): number[] {
  const wrong = alphas.find((alpha) => !isAlpha(alpha));
  if (wrong !== undefined || alphas.length === 0) {
    throw new LetheError('usage', {
      message:
        wrong === undefined ? `no ${name} to try` : `${name} = ${wrong} is not over 0 and up to ${LARGEST_ALPHA}`,
      hint: 'Give numbers such as 10,100,1000.',
    });
  }
  return [...new Set(alphas)].sort((a, b) => a - b);
}
