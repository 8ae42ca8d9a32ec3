import { cp } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { sharedFolder, temporaryFolder } from '../folders.js';
import { writeShapes, writeTfjsShapes } from './shapes.js';

/** Gives every test of a file a folder of its own with the small models, their data and `lethe.json`; made once and copied. */
export function inShapesFolder(use: (folder: string) => void): void {
  let template: Awaited<ReturnType<typeof sharedFolder>>;
  beforeAll(async () => {
    template = await sharedFolder();
    await writeShapes(template.folder);
    await writeTfjsShapes(template.folder);
  });
  afterAll(() => template.remove());
  beforeEach(async () => {
    const folder = await temporaryFolder();
    await cp(template.folder, folder, { recursive: true });
    use(folder);
  });
}
