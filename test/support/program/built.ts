import { ensureBuilt } from '../../../scripts/bundle/dist.js';

/** Before all tests that run what is in `dist`: builds it where it is older than its sources. */
export default async function setup(): Promise<void> {
  await ensureBuilt();
}
