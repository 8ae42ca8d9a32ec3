import { accessSync, constants, statSync } from 'node:fs';

/** The one without windows first: it opens a page in a third of the time. */
const USUAL_PLACES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map(
  (name) => `/usr/bin/${name}`,
);

/** Whether `file` can be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The browser that shows the editor. It is the system's, not one that playwright downloads: that download comes from
 * a host which is not a package registry, and fails where only those are reached.
 */
export function findChromium(): string {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    // Someone who names a browser wants that one, so another found elsewhere would only hide the typing error.
    if (!isExecutable(named)) throw new Error(`CHROMIUM_PATH is ${named}, which is not a program that can be run.`);
    return named;
  }
  const found = USUAL_PLACES.find(isExecutable);
  if (found) return found;
  throw new Error(
    'No Chromium found. Install it with\n' +
      '  apt-get update && apt-get install -y --no-install-recommends chromium-headless-shell fonts-dejavu-core fonts-noto-core\n' +
      'or name one in the environment variable CHROMIUM_PATH.',
  );
}
