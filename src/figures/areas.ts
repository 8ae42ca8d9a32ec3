import type { BoundaryResult } from '../contract/explain.js';
import { listText, percentText } from '../contract/text.js';

/** How much of a map each class has, and who has it after. Numbers of points; all of them are `total`. */
export interface Areas {
  readonly total: number;
  readonly before: ReadonlyMap<number, number>;
  /** Null without a run. */
  readonly after: ReadonlyMap<number, number> | null;
  /** Of what was a class's before, how much is whose after; the largest part first. */
  readonly heirs: ReadonlyMap<number, readonly Heir[]>;
}

/** A class and the points that it has of another one's, or kept of its own. */
export interface Heir {
  readonly class: number;
  readonly points: number;
}

const KNOWN = new WeakMap<object, Areas>();

/** Counted once for each result. */
export function areasOf(result: Pick<BoundaryResult, 'before' | 'after'>): Areas {
  const known = KNOWN.get(result) ?? count(result);
  KNOWN.set(result, known);
  return known;
}

function count({ before, after }: Pick<BoundaryResult, 'before' | 'after'>): Areas {
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

/** What became of a forgotten class's part of the map. */
export interface Takeover {
  readonly class: number;
  /** Points that the class had, of `total`. */
  readonly points: number;
  readonly total: number;
  /** Who has them now, the class itself among them; the largest part first. */
  readonly to: readonly Heir[];
}

/** Of each of these classes, in their order; none without a run. */
export function takeoversOf({ total, before, after, heirs }: Areas, classes: readonly number[]): Takeover[] {
  if (!after) return [];
  return classes.map((index) => ({ class: index, points: before.get(index) ?? 0, total, to: heirs.get(index) ?? [] }));
}

/** Heirs that are named in a sentence. */
const MOST_HEIRS = 3;

/** `Shirt had 25.9% of this area before. Nothing of it is left: 56.5% went to Pullover and 43.5% to T-shirt/top.` */
export function takeoverText(
  { class: index, points, total, to }: Takeover,
  nameOf: (index: number) => string | undefined,
): string {
  const name = nameOf(index);
  if (points === 0) return `${name} had no part of this area before.`;
  const kept = to.find((heir) => heir.class === index)?.points ?? 0;
  const others = to.filter((heir) => heir.class !== index);
  const had = `${name} had ${percentText(points / total)} of this area`;
  if (others.length === 0) return `${had}, and still has all of it.`;
  const parts = others
    .slice(0, MOST_HEIRS)
    .map((heir, at) => `${percentText(heir.points / points)}${at === 0 ? ' went' : ''} to ${nameOf(heir.class)}`);
  if (others.length > MOST_HEIRS) parts.push(`the rest to ${others.length - MOST_HEIRS} more`);
  return `${had} before. ${kept === 0 ? 'Nothing' : percentText(kept / points)} of it is left: ${listText(parts, parts.length)}.`;
}
