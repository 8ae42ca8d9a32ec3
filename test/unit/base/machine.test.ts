import { stat } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { availableDisk, availableMemory, availableOf, reclaimableOf, totalMemory } from '../../../src/base/machine.js';

test('memory: what /proc/meminfo calls available, not what is free', () => {
  const text = 'MemTotal:       24689764 kB\nMemFree:          180908 kB\nMemAvailable:   20155000 kB\nBuffers: 1 kB\n';
  expect(availableOf(text)).toBe(20_155_000 * 1024);
  expect(availableOf('MemTotal: 5 kB\n')).toBeUndefined();
});

test('memory: what a Mac can take from caches', () => {
  const text = [
    'Mach Virtual Memory Statistics: (page size of 16384 bytes)',
    'Pages free:                               10.',
    'Pages active:                          50000.',
    'Pages inactive:                         2000.',
    'Pages speculative:                       300.',
    'Pages wired down:                      90000.',
    'Pages purgeable:                           7.',
    '',
  ].join('\n');
  expect(reclaimableOf(text)).toBe(16384 * 2317);
  expect(reclaimableOf('')).toBeUndefined();
});

test('memory: of this machine', async () => {
  const available = await availableMemory();
  expect(available).toBeGreaterThan(0);
  expect(available).toBeLessThan(totalMemory());
  expect(totalMemory()).toBeLessThanOrEqual(totalmem());
});

test('disk: that of the nearest folder that exists', async () => {
  const disk = await availableDisk(path.join(tmpdir(), 'is', 'not', 'there'));
  expect(disk?.device).toBe((await stat(tmpdir())).dev);
  expect(disk?.bytes).toBeGreaterThan(0);
});
