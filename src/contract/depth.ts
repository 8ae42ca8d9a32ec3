import type { CandidateResult } from './records.js';

/** What decides how deep a candidate forgets and what it keeps. */
export type DepthJudgement = Pick<CandidateResult, 'retainAccuracy' | 'score' | 'recoverability'> & {
  readonly recipe: CandidateResult['recipe'];
};

/** How well the forgotten classes can be read from a candidate; where that is not known, nothing speaks for its being deep. */
export function readability({ recoverability }: Pick<DepthJudgement, 'recoverability'>): number {
  return recoverability?.balancedAccuracy ?? 1;
}

/** The deeper one first; of equals the one that keeps more, then the one that changes less. */
export function deeperFirst(a: DepthJudgement, b: DepthJudgement): number {
  return (
    readability(a) - readability(b) ||
    b.score - a.score ||
    a.recipe.alphaF - b.recipe.alphaF ||
    b.recipe.alphaR - a.recipe.alphaR
  );
}

/** Those that no other one beats in retain accuracy and in depth at once, from the one that keeps most to the deepest. */
export function depthFront<T extends DepthJudgement>(candidates: readonly T[]): T[] {
  const sorted = [...candidates].sort((a, b) => b.retainAccuracy - a.retainAccuracy || deeperFirst(a, b));
  const front: T[] = [];
  for (const candidate of sorted) {
    if (front.length === 0 || readability(candidate) < readability(front.at(-1)!)) front.push(candidate);
  }
  return front;
}

/** The candidate of such a front at a depth from 0 (keeps most) to 1 (deepest). */
export function atDepth<T>(front: readonly T[], depth: number): T | undefined {
  return front[Math.round(depth * (front.length - 1))];
}
