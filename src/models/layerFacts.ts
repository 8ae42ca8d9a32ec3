import type { LayerFacts } from '../contract/records.js';
import type { Layer } from './classifier.js';

/** What is told of a layer, without what only a runtime needs. */
export function layerFacts({ name, kind, in: columns, out, groups }: Layer): LayerFacts {
  return { name, kind, in: columns, out, groups };
}
