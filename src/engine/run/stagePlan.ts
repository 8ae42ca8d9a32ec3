/** What it takes to pass a stage of a network, for one sample. */
export interface StageCost {
  /** Multiply-adds from here to the next stage, or to the logits. */
  readonly operations: number;
  /** Numbers to keep here, so that a pass can go on from here; null where that can't be done. */
  readonly kept: number | null;
}

/** Multiply-adds that could be done while one number is kept and read again: memory moves some GB/s. */
const OPERATIONS_PER_NUMBER = 100;

/** How many passes over the whole network a pass takes that is interrupted at some stages, and looks at each of them. */
export function passesOf(stages: readonly StageCost[], keeps: readonly boolean[]): number {
  const whole = stages.reduce((sum, { operations }) => sum + operations, 0);
  let [passed, behind] = [0, 0];
  for (const [at, { operations }] of stages.entries()) {
    passed += behind;
    behind = (keeps[at] ? 0 : behind) + operations;
  }
  return passed / Math.max(1, whole);
}

/**
 * Where a pass over layers that are edited one after the other is best interrupted: from the last stage where it was, every
 * stage's inputs are computed anew. Dynamic programming over the next stage to keep.
 * @param stages in forward order; the first one is the input, or follows it.
 * @returns for each stage whether to keep its values.
 */
export function planStages(stages: readonly StageCost[]): boolean[] {
  const count = stages.length;
  const before = [0];
  for (const { operations } of stages) before.push(before.at(-1)! + operations);
  /** From stage i to stage j (`count` is the logits); -1 is the input, which the first stage is as good as behind. */
  const between = (i: number, j: number) => before[j] - before[Math.max(0, i)];
  // best[i + 1]: least cost of all that follows if the pass stands at i; next[i + 1]: where it should stand after that.
  const best = new Array<number>(count + 1).fill(0);
  const next = new Array<number>(count + 1).fill(count);
  for (let i = count - 1; i >= -1; i--) {
    let looks = 0;
    best[i + 1] = Number.POSITIVE_INFINITY;
    for (let j = i + 1; j <= count; j++) {
      looks += between(i, j);
      const kept = j === count ? 0 : stages[j].kept;
      if (kept === null) continue;
      const cost = looks + kept * OPERATIONS_PER_NUMBER + (j === count ? 0 : best[j + 1]);
      if (cost < best[i + 1]) {
        best[i + 1] = cost;
        next[i + 1] = j;
      }
    }
  }
  const keeps = new Array<boolean>(count).fill(false);
  for (let at = next[0]; at < count; at = next[at + 1]) keeps[at] = true;
  return keeps;
}
