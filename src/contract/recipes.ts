import type { Candidate, Recipe } from './candidates.js';

/** Names a candidate of a run, and the files that are kept of it: `projection-30-10`. The same recipe has the same id in every run. */
export type CandidateId = string;

/** A candidate made after this recipe. */
export function candidateOf(recipe: Recipe): Candidate {
  return { id: candidateId(recipe), recipe };
}

export function candidateId({ method, alphaR, alphaF }: Recipe): CandidateId {
  return `${method}-${alphaR}-${alphaF}`;
}

/** The paper's projection with this pair of alphas. */
export function projectionRecipe(alphaR: number, alphaF: number): Recipe {
  return { method: 'projection', alphaR, alphaF };
}

/** The same with every layer fitted again. */
export function refitRecipe(alphaR: number, alphaF: number): Recipe {
  return { method: 'refit', alphaR, alphaF };
}

/** Whether two candidates are the same one; null is none. */
export function isSameCandidate(
  a: Pick<Candidate, 'id'> | null | undefined,
  b: Pick<Candidate, 'id'> | null | undefined,
): boolean {
  return a?.id === b?.id;
}

/** A recipe in words, wherever people read it: `α retain 30, α forget 10`. */
export function recipeText({ alphaR, alphaF }: Recipe): string {
  return `α retain ${alphaR}, α forget ${alphaF}`;
}

/** By alpha_r, then by alpha_f: the order in which candidates are listed. */
export function byRecipe(a: Recipe, b: Recipe): number {
  return a.alphaR - b.alphaR || a.alphaF - b.alphaF;
}
