/** One operation of a network: the values it reads and the values it makes, by name. */
export interface Operation {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Operations so that each comes after those whose values it reads; otherwise in the order given. Values that no operation
 * makes are taken for given.
 * @returns null if some wait for each other in a circle.
 */
export function inForwardOrder<T extends Operation>(operations: readonly T[]): T[] | null {
  const maker = makers(operations);
  const ordered: T[] = [];
  const state = new Map<T, 'open' | 'done'>();
  for (const root of operations) {
    const stack = [root];
    while (stack.length > 0) {
      const operation = stack[stack.length - 1];
      if (state.get(operation) === undefined) {
        state.set(operation, 'open');
        for (const input of [...operation.inputs].reverse()) {
          const before = maker.get(input);
          if (!before || state.get(before) === 'done') continue;
          if (state.get(before) === 'open') return null;
          stack.push(before);
        }
      } else {
        stack.pop();
        if (state.get(operation) !== 'done') ordered.push(operation);
        state.set(operation, 'done');
      }
    }
  }
  return ordered;
}

/** Of operations in forward order, those that `wanted` values depend on when the `given` values are there already. */
export function neededFor<T extends Operation>(
  ordered: readonly T[],
  wanted: readonly string[],
  given: readonly string[] = [],
): T[] {
  const known = new Set(given);
  const open = new Set(wanted.filter((value) => !known.has(value)));
  const needed: T[] = [];
  for (let i = ordered.length - 1; i >= 0; i--) {
    const operation = ordered[i];
    if (!operation.outputs.some((value) => open.has(value))) continue;
    needed.push(operation);
    for (const input of operation.inputs) if (!known.has(input)) open.add(input);
  }
  return needed.reverse();
}

/** A place in a forward pass: just behind an operation, with the values that are still to be read. They decide all that follows. */
export interface Frontier<T extends Operation> {
  readonly behind: T;
  readonly open: readonly string[];
}

/** The places behind each operation on the way from `source` to `sink`, in forward order; nothing is open behind the last. */
export function frontiers<T extends Operation>(ordered: readonly T[], source: string, sink: string): Frontier<T>[] {
  const reached = new Set([source]);
  const path = neededFor(ordered, [sink], [source]).filter((operation) => {
    const isReached = operation.inputs.some((value) => reached.has(value));
    if (isReached) for (const value of operation.outputs) reached.add(value);
    return isReached;
  });
  const lastUse = new Map<string, number>();
  for (const [at, { inputs }] of path.entries()) for (const value of inputs) lastUse.set(value, at);
  const open = new Set([source]);
  return path.map((behind, at) => {
    for (const value of behind.outputs) if (lastUse.has(value)) open.add(value);
    for (const value of behind.inputs) if (lastUse.get(value) === at) open.delete(value);
    return { behind, open: [...open] };
  });
}

/**
 * The values that everything from the source to the sink passes through, in forward order, without these two: a forward pass
 * may start from any of them alone.
 */
export function bottlenecks(places: readonly Frontier<Operation>[]): string[] {
  return places.flatMap(({ behind, open }) => (open.length === 1 && behind.outputs.includes(open[0]) ? open : []));
}

function makers<T extends Operation>(operations: readonly T[]): Map<string, T> {
  return new Map(operations.flatMap((operation) => operation.outputs.map((value) => [value, operation] as const)));
}
