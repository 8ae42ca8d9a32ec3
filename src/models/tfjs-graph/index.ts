import { tfjsFormat } from '../tfjs/format.js';
import { readFacts } from './facts.js';
import { loadNetwork } from './runtime.js';

/** TensorFlow.js graph models: a TensorFlow graph in model.json, and shards. */
export const format = tfjsFormat({
  name: 'tfjs-graph',
  kind: 'graph',
  readFacts,
  loadNetwork,
});
