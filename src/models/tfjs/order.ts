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

/**
 * The values that everything from `source` to `sink` passes through, in forward order, without these two: a forward pass
 * may start from any of them alone. (In forward order, such a value is one that no dependency skips.)
 */
export function bottlenecks(ordered: readonly Operation[], source: string, sink: string): string[] {
  const live = new Set([source]);
  const path = neededFor(ordered, [sink], [source]).filter((operation) => {
    const onPath = operation.inputs.some((value) => live.has(value));
    if (onPath) for (const value of operation.outputs) live.add(value);
    return onPath;
  });
  const lastUse = new Map<string, number>([[sink, path.length]]);
  path.forEach((operation, at) => {
    for (const value of operation.inputs)
      if (live.has(value)) lastUse.set(value, Math.max(at, lastUse.get(value) ?? 0));
  });
  const found: string[] = [];
  let reach = lastUse.get(source) ?? 0;
  path.forEach((operation, at) => {
    const used = operation.outputs.filter((value) => lastUse.has(value));
    if (used.length === 1 && reach <= at && used[0] !== sink) found.push(used[0]);
    for (const value of used) reach = Math.max(reach, lastUse.get(value) as number);
  });
  return found;
}

function makers<T extends Operation>(operations: readonly T[]): Map<string, T> {
  return new Map(operations.flatMap((operation) => operation.outputs.map((value) => [value, operation] as const)));
}
