import { expect, type Locator } from '@playwright/test';

/** The Studio's views, and the names of their pictures. */
export const VIEWS = [
  { title: 'Overview', slug: 'overview' },
  { title: 'Layers', slug: 'layers' },
  { title: 'Saliency', slug: 'saliency' },
  { title: 'Decision boundary', slug: 'boundary' },
  { title: 'Confusion', slug: 'confusion' },
  { title: 'Search', slug: 'search' },
  { title: 'Compare', slug: 'compare' },
] as const;

/** Nothing is waited for any more. */
export async function settled(view: Locator): Promise<void> {
  await expect(view.locator('[aria-busy=true]')).toHaveCount(0, { timeout: 60_000 });
  await expect(view.getByText(/^Refining…$|classes so far…$/)).toHaveCount(0, { timeout: 60_000 });
}
