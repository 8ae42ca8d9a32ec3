import { mkdir } from 'node:fs/promises';
import type { Browser } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type StudioOptions, StudioPage, screenshots, startBrowser } from './page.js';

/**
 * A browser for the tests of a file. The pages that it opens are closed after each test, which fails if one of them has
 * written an error to its console.
 */
export function studioBrowser(): { open(options?: StudioOptions): Promise<StudioPage> } {
  let browser: Browser;
  const opened: StudioPage[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    await mkdir(screenshots, { recursive: true });
  });

  afterAll(() => browser?.close());

  afterEach(async () => {
    for (const studio of opened.splice(0)) {
      expect(studio.complaints).toEqual([]);
      await studio.page.close();
    }
  });

  return {
    async open(options) {
      const studio = await StudioPage.open(browser, options);
      opened.push(studio);
      return studio;
    },
  };
}
