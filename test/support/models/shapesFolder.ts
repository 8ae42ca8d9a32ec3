import { cp } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { sharedFolder, temporaryFolder } from '../folders.js';
import { writeShapes, writeTfjsShapes } from './shapes.js';

/**
 * Makes a folder with the small models, their data and `lethe.json` for the tests of a file, which only read it.
 * @returns its path, once it is made.
 */
export function shapesFolder(): () => string {
  let template: Awaited<ReturnType<typeof sharedFolder>>;
  beforeAll(async () => {
    template = await sharedFolder();
    await writeShapes(template.folder);
    await writeTfjsShapes(template.folder);
  });
  afterAll(() => template.remove());
  return () => template.folder;
}

/** Gives every test of a file such a folder of its own; made once and copied. */
export function inShapesFolder(use: (folder: string) => void): void {
  const template = shapesFolder();
  beforeEach(async () => {
    const folder = await temporaryFolder();
    await cp(template(), folder, { recursive: true });
    use(folder);
  });
}
