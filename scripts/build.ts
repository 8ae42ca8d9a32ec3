/** `npm run build`: bundles everything that runs into dist/. */
import { build } from './bundle/dist.js';

await build();
