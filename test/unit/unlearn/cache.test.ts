import { describe, expect, it } from 'vitest';
import { ByteCache } from '../../../src/unlearn/cache.js';

describe('ByteCache', () => {
  const bytesOf = (value: number) => value;

  it('makes a value once while there is room, and drops the least recently used first', async () => {
    const cache = new ByteCache(100);
    const made: string[] = [];
    const get = (key: string, bytes: number) =>
      cache.get(
        key,
        async () => {
          made.push(key);
          return bytes;
        },
        bytesOf,
      );
    await get('a', 40);
    await get('b', 40);
    await get('a', 40);
    expect(made).toEqual(['a', 'b']);
    await get('c', 40);
    await get('a', 40);
    await get('b', 40);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
    await get('huge', 101);
    await get('huge', 101);
    await get('b', 40);
    expect(made.slice(4)).toEqual(['huge', 'huge']);
  });

  it('lets those who ask at the same time share the work', async () => {
    const cache = new ByteCache(100);
    let made = 0;
    const slow = () => cache.get('key', async () => ++made, bytesOf);
    expect(await Promise.all([slow(), slow(), slow()])).toEqual([1, 1, 1]);
  });

  it('forgets a failure', async () => {
    const cache = new ByteCache(100);
    const failing = cache.get('key', async () => Promise.reject(new Error('no')), bytesOf);
    await expect(failing).rejects.toThrow('no');
    expect(await cache.get('key', async () => 5, bytesOf)).toBe(5);
  });
});
