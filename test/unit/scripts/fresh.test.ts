import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { isFresh, stamp } from '../../../scripts/bundle/fresh.js';
import { sharedFolder } from '../../support/folders.js';

let folder: string;
let remove: () => Promise<void>;
const at = (name: string) => path.join(folder, name);
const sources = () => [at('source.ts'), at('more')];

beforeAll(async () => {
  ({ folder, remove } = await sharedFolder());
});

afterAll(() => remove());

// A product of two sources, begun after their last change; what a test changes, it changes later.
beforeEach(async () => {
  await rm(at('more'), { recursive: true, force: true });
  await mkdir(at('more/deep'), { recursive: true });
  await writeFile(at('source.ts'), '');
  await writeFile(at('more/deep/one.ts'), '');
  await writeFile(at('old.ts'), '');
  await utimes(at('old.ts'), 0, 0);
  await sleep(20);
  await writeFile(at('product'), '');
  await stamp(at('product'), Date.now());
  await sleep(20);
});

it('a product is fresh until a source changes', async () => {
  expect(await isFresh(at('product'), sources())).toBe(true);
  await writeFile(at('more/deep/one.ts'), 'changed');
  expect(await isFresh(at('product'), sources())).toBe(false);
});

it.each<[string, () => Promise<void>]>([
  ['the product is not there', () => rm(at('product'))],
  ['a source is gone', () => rm(at('source.ts'))],
  ['a file of a folder is gone', () => rm(at('more/deep/one.ts'))],
  ['an older file took the place of a source', () => rename(at('old.ts'), at('source.ts'))],
  ['it was begun before the change and ended after it', () => stamp(at('product'), Date.now() - 10_000)],
])('is not fresh where %s', async (_, change) => {
  await change();
  expect(await isFresh(at('product'), sources())).toBe(false);
});
