/**
 * Makes the extension's package for one platform: build/lethe-<target>-<version>.vsix, and beside it the folder it was made of.
 * Prints what is in it.
 *
 *   npm run package                           for this machine
 *   npm run package -- --target win32-x64     for another
 *   npx tsx scripts/package.ts --if-changed   where the sources have changed since the last one was made
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, ensureBuilt } from './bundle/dist.js';
import { checkPackage, listing, listPackage } from './package/listing.js';
import { isPackageFresh, makePackage } from './package/make.js';
import { placeOf } from './package/place.js';
import { targetNamed } from './package/targets.js';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: `${process.platform}-${process.arch}` },
    'if-changed': { type: 'boolean', default: false },
  },
});
const target = targetNamed(values.target);
const { vsix } = placeOf(target.name);

const anew = !values['if-changed'];
await (anew ? build() : ensureBuilt());
if (anew || !(await isPackageFresh(target))) await makePackage(target);

const files = await listPackage(vsix);
console.log(`\n${listing(files)}\n\n${path.relative(process.cwd(), vsix)}`);
await checkPackage(vsix, files, target.limit);
