import type { BoundaryResult } from '../../../../src/contract/explain.js';

/** How much of a map each class has, and who has it after. Numbers of points; all of them are `total`. */
export interface Areas {
  readonly total: number;
  readonly before: ReadonlyMap<number, number>;
  /** Null without a run. */
  readonly after: ReadonlyMap<number, number> | null;
  /** Of what was a class's before, how much is whose after; the largest part first. */
  readonly heirs: ReadonlyMap<number, readonly Heir[]>;
}

export interface Heir {
  readonly class: number;
  readonly points: number;
}

const KNOWN = new WeakMap<BoundaryResult, Areas>();

/** Counted once for each result. */
export function areasOf(result: BoundaryResult): Areas {
  const known = KNOWN.get(result) ?? count(result);
  KNOWN.set(result, known);
  return known;
}

function count({ before, after }: BoundaryResult): Areas {
  const pairs = new Map<number, Map<number, number>>();
  const [first, second] = [new Map<number, number>(), new Map<number, number>()];
  const add = (counts: Map<number, number>, key: number) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (let at = 0; at < before.classes.length; at++) {
    const from = before.classes[at];
    add(first, from);
    if (!after) continue;
    add(second, after.classes[at]);
    let to = pairs.get(from);
    if (!to) {
      to = new Map();
      pairs.set(from, to);
    }
    add(to, after.classes[at]);
  }
  const heirs = [...pairs].map(([from, to]): [number, Heir[]] => [
    from,
    [...to]
      .map(([index, points]) => ({ class: index, points }))
      .sort((a, b) => b.points - a.points || a.class - b.class),
  ]);
  return { total: before.classes.length, before: first, after: after ? second : null, heirs: new Map(heirs) };
}
