import { tfjsFormat } from '../tfjs/format.js';
import { readFacts } from './facts.js';
import { loadNetwork } from './runtime.js';

/** TensorFlow.js layers models: a Keras topology in model.json, and shards. */
export const format = tfjsFormat({
  name: 'tfjs-layers',
  kind: 'layers',
  readFacts,
  loadNetwork,
});
