/**
 * The real VS Code, for tests of the extension: code-server (VS Code as a server, with its own extension host) driven by
 * a headless Chromium. Microsoft's own builds are not in any package registry; code-server is, and runs the same code.
 *
 *   npx tsx scripts/editor.ts   installs it where that has not been done yet, and prints where it is
 */
import { fileURLToPath } from 'node:url';
import { findChromium } from './editor/browser.js';
import { ensureEditor } from './editor/install.js';

export { findChromium } from './editor/browser.js';
export { ensureEditor } from './editor/install.js';
export { type EditorOptions, installExtension, type RunningEditor, startEditor } from './editor/server.js';

async function main(): Promise<void> {
  const { node, entry } = await ensureEditor();
  console.log(`node      ${node}`);
  console.log(`entry     ${entry}`);
  console.log(`chromium  ${findChromium()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
