/**
 * The real VS Code, for tests of the extension: code-server (VS Code as a server, with its own extension host) driven by
 * a headless Chromium. Microsoft's own builds are not in any package registry; code-server is, and runs the same code.
 *
 *   node scripts/editor.mjs     installs it where that has not been done yet, and prints where it is
 */
import { pathToFileURL } from 'node:url';
import { findChromium } from './editor/browser.mjs';
import { ensureEditor } from './editor/install.mjs';

export { findChromium } from './editor/browser.mjs';
export { ensureEditor } from './editor/install.mjs';
export { DEFAULT_SETTINGS, installExtension, startEditor } from './editor/server.mjs';

async function main() {
  const { node, entry } = await ensureEditor();
  console.log(`node      ${node}`);
  console.log(`entry     ${entry}`);
  console.log(`chromium  ${findChromium()}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
