/**
 * Takes the pictures of the README and the walkthrough from what the end-to-end tests saw last: `npm run test:e2e`, look at
 * .cache/screenshots, then `npm run pictures`.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = path.join(root, 'media', 'walkthrough');

/** Picture and screenshot. */
const PICTURES: Readonly<Record<string, string>> = {
  demo: 'pick-classes',
  studio: 'studio-evaluated',
  result: 'studio-result',
  problems: 'problems-forbidden',
};

await mkdir(target, { recursive: true });
for (const [picture, screenshot] of Object.entries(PICTURES)) {
  await copyFile(path.join(root, '.cache', 'screenshots', `${screenshot}.png`), path.join(target, `${picture}.png`));
}
