import type { LayerId } from '../linalg/weightEdits.js';
import type { Layer, Stage } from './classifier.js';
import type { Frontier, Operation } from './order.js';

export interface StageOptions {
  /** The value that the whole network starts from. */
  readonly source: string;
  /** Whether a value holds real numbers. Sizes that a graph computes, for one, can't be fed again: they are computed again from what they came from. */
  isReal(value: string): boolean;
  /** The value that a tap is made from at once, where it is none itself. */
  madeFrom?(tap: string): string;
}

/**
 * The places where layers read their first input, in forward order, for passes that go from one to the next.
 * @param places behind every operation from the source to the logits.
 */
export function stagesOf(
  layers: readonly Layer[],
  places: readonly Frontier<Operation>[],
  { source, isReal, madeFrom = (tap) => tap }: StageOptions,
): Stage[] {
  const madeAt = new Map<string, number>([[source, -1]]);
  for (const [at, { behind }] of places.entries()) for (const value of behind.outputs) madeAt.set(value, at);
  const readAt = new Map<number, LayerId[]>();
  for (const { id, sites } of layers) {
    const at = Math.min(...sites.map(({ tap }) => madeAt.get(madeFrom(tap)) ?? Number.POSITIVE_INFINITY));
    // What the logits do not depend on has no place on the way to them.
    if (Number.isFinite(at)) readAt.set(at, [...(readAt.get(at) ?? []), id]);
  }
  return [...readAt]
    .sort(([a], [b]) => a - b)
    .map(([at, ids]) => {
      const values = new Set<string>();
      for (const value of at < 0 ? [source] : places[at].open) collectReal(value, values);
      return { layers: ids, values: [...values] };
    });

  /** Adds a value, or those real ones that it is made from. Constants are there anyway. */
  function collectReal(value: string, to: Set<string>): void {
    const at = madeAt.get(value);
    if (at === undefined) return;
    if (isReal(value)) to.add(value);
    else for (const input of places[at].behind.inputs) collectReal(input, to);
  }
}
