/**
 * Writes the demo workspaces as they are bundled with the extension.
 *
 *   npx tsx scripts/demo.ts FOLDER [FOLDER-OF-THE-CLUSTERS]
 */
import { writeClustersDemo, writeDemo } from './package/demo.js';

const [folder, clusters] = process.argv.slice(2);
if (!folder) throw new Error('usage: npx tsx scripts/demo.ts FOLDER [FOLDER-OF-THE-CLUSTERS]');
await writeDemo(folder);
if (clusters) await writeClustersDemo(clusters);
