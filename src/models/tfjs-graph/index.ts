import type { ModelFormat } from '../classifier.js';
import { loadBackend } from '../tfjs/backend.js';
import { TfjsClassifier } from '../tfjs/classifier.js';
import { modelKind } from '../tfjs/match.js';
import { modelFacts, runtimeError } from '../tfjs/network.js';
import { readAllWeights } from '../tfjs/tensors.js';
import { readFacts } from './facts.js';
import { loadNetwork } from './runtime.js';

const name = 'tfjs-graph';

/** TensorFlow.js graph models: a TensorFlow graph in model.json, and shards. */
export const format: ModelFormat = {
  name,
  title: 'TensorFlow.js graph model',
  match: async (path) => (await modelKind(path)) === 'graph',
  inspect: async (path) => modelFacts(name, await readFacts(path)),
  open: async (path, options = {}) => {
    const facts = await readFacts(path);
    const weights = await readAllWeights(facts.files, options.signal);
    const backend = await loadBackend();
    try {
      return TfjsClassifier.of(name, backend, loadNetwork(backend, facts, weights));
    } catch (error) {
      throw runtimeError(error, path);
    }
  },
};
