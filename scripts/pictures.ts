/**
 * Takes the pictures of the README and the walkthrough from what the end-to-end tests saw last: `npm run test:e2e`, look at
 * .cache/screenshots, then `npm run pictures`.
 */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './bundle/root.js';

const media = path.join(root, 'media');

/** Picture and screenshot. */
const PICTURES: Readonly<Record<string, string>> = {
  'walkthrough/demo': 'pick-classes',
  'walkthrough/studio': 'studio-evaluated',
  'walkthrough/result': 'view-overview',
  'walkthrough/problems': 'problems-forbidden',
  layers: 'view-layers',
  saliency: 'view-saliency',
  boundary: 'view-boundary',
  report: 'report-page',
};

for (const [picture, screenshot] of Object.entries(PICTURES)) {
  await copyFile(path.join(root, '.cache', 'screenshots', `${screenshot}.png`), path.join(media, `${picture}.png`));
}
