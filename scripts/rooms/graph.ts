/** An arrow of a graph: `from` needs `to`, in so many ways. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly weight: number;
}

/**
 * The strongly connected components, each before those that need it (Tarjan 1972): more than one node in a component is a
 * circle.
 */
export function components(nodes: readonly string[], arrows: readonly Arrow[]): string[][] {
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];

  function visit(node: string): void {
    const own = index.size;
    index.set(node, own);
    low.set(node, own);
    stack.push(node);
    for (const { from, to } of arrows) {
      if (from !== node) continue;
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(node, Math.min(low.get(node)!, low.get(to)!));
    }
    if (low.get(node) === own) found.push(stack.splice(stack.indexOf(node)).sort());
  }
  for (const node of nodes) if (!index.has(node)) visit(node);
  return found;
}

/** The nodes by the longest path that leads down from them: on floor 0 those that need none. A circle is on one floor. */
export function floors(nodes: readonly string[], arrows: readonly Arrow[]): string[][] {
  const floorOf = new Map<string, number>();
  for (const circle of components(nodes, arrows)) {
    const below = arrows
      .filter(({ from, to }) => circle.includes(from) && !circle.includes(to))
      .map(({ to }) => floorOf.get(to)!);
    for (const node of circle) floorOf.set(node, Math.max(-1, ...below) + 1);
  }
  const count = Math.max(-1, ...floorOf.values()) + 1;
  return Array.from({ length: count }, (_, floor) => nodes.filter((node) => floorOf.get(node) === floor));
}

/**
 * Arrows of a circle that run back up: without them it is none. Found by taking away, from the bottom, the node that needs least
 * of what is left (after Eades, Lin and Smyth 1993), so they are few, but not always the fewest.
 */
export function upward(circle: readonly string[], arrows: readonly Arrow[]): Arrow[] {
  const left = new Set(circle);
  const found: Arrow[] = [];
  const inside = arrows.filter(({ from, to }) => left.has(from) && left.has(to));
  const needs = (node: string) => inside.filter(({ from, to }) => from === node && left.has(to));
  const weight = (some: readonly Arrow[]) => some.reduce((sum, arrow) => sum + arrow.weight, 0);
  while (left.size > 0) {
    const [least] = [...left].sort((a, b) => weight(needs(a)) - weight(needs(b)));
    found.push(...needs(least));
    left.delete(least);
  }
  return found;
}
