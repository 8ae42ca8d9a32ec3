import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dropKept, Keeper, keepBetweenJobs } from '../../../src/engine/kept/keeper.js';
import { Slot } from '../../../src/engine/kept/slot.js';

const disposed: string[] = [];
beforeEach(() => void disposed.splice(0));

describe('a slot', () => {
  const slot = () => new Slot<string>(async (value) => void disposed.push(value));

  it('makes a thing once, and disposes of it when it is dropped', async () => {
    const one = slot();
    const make = vi.fn(async () => 'a1');
    const [first, second] = await Promise.all([one.lease('a', make), one.lease('a', make)]);
    expect([first.value, second.value, make.mock.calls.length]).toEqual(['a1', 'a1', 1]);
    expect([one.has('a'), one.has('b'), one.isUsed]).toEqual([true, false, true]);
    await first.release();
    await second.release();
    expect([disposed, one.isUsed]).toEqual([[], false]);
    await one.drop();
    expect(disposed).toEqual(['a1']);
  });

  it('disposes of nothing that is in use, and of nothing twice', async () => {
    const one = slot();
    const first = await one.lease('a', async () => 'a1');
    const second = await one.lease('a', async () => 'a2');
    const other = await one.lease('b', async () => 'b1');
    expect(disposed).toEqual([]);
    await first.release();
    await first.release();
    expect(disposed).toEqual([]);
    await second.release();
    expect(disposed).toEqual(['a1']);
    await one.drop();
    await one.drop();
    await other.release();
    expect(disposed).toEqual(['a1', 'b1']);
  });

  it('lets go of the old thing before it makes the new one, and stays usable when that fails', async () => {
    const one = slot();
    await (await one.lease('a', async () => 'a1')).release();
    const failing = one.lease('b', async () => {
      expect(disposed).toEqual(['a1']);
      throw new Error('no b');
    });
    const next = one.lease('c', async () => 'c1');
    await expect(failing).rejects.toThrow('no b');
    expect((await next).value).toBe('c1');
    expect([one.has('a'), one.has('b'), one.has('c')]).toEqual([false, false, true]);
  });
});

describe('a keeper', () => {
  let current = true;
  const thing = (name: string) => async () => ({
    name,
    isCurrent: async () => current,
    dispose: async () => void disposed.push(name),
  });

  beforeEach(() => {
    current = true;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    keepBetweenJobs(0);
  });

  it('keeps nothing unless it may', async () => {
    const keeper = new Keeper();
    const lease = await keeper.lease('a', thing('a1'));
    await lease.release();
    expect([disposed, keeper.has('a')]).toEqual([['a1'], false]);
  });

  it('keeps a thing until nobody has used it for the time', async () => {
    keepBetweenJobs(1000);
    const keeper = new Keeper();
    await (await keeper.lease('a', thing('a1'))).release();
    await vi.advanceTimersByTimeAsync(900);
    const lease = await keeper.lease('a', thing('a2'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(disposed).toEqual([]);
    await lease.release();
    await vi.advanceTimersByTimeAsync(999);
    expect(disposed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([disposed, keeper.has('a')]).toEqual([['a1'], false]);
  });

  it('lets go with all others after a failure', async () => {
    keepBetweenJobs(1000);
    const keepers = [new Keeper(), new Keeper()];
    for (const [at, keeper] of keepers.entries()) await (await keeper.lease('a', thing(`a${at}`))).release();
    await dropKept();
    expect(disposed).toEqual(['a0', 'a1']);
  });

  it('opens a thing again that is not current any more', async () => {
    keepBetweenJobs(1000);
    const keeper = new Keeper<Awaited<ReturnType<ReturnType<typeof thing>>>>();
    const first = await keeper.lease('a', thing('a1'));
    current = false;
    const second = await keeper.lease('a', thing('a2'));
    expect([first.value.name, second.value.name, disposed]).toEqual(['a1', 'a2', []]);
    await first.release();
    expect(disposed).toEqual(['a1']);
    expect(keeper.has('a')).toBe(true);
  });
});
