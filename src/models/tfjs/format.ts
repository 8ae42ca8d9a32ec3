import { LetheError } from '../../base/errors.js';
import type { ModelFormat } from '../classifier.js';
import { type Backend, loadBackend } from './backend.js';
import { TfjsClassifier } from './classifier.js';
import { checkModelFiles } from './manifest.js';
import { type ModelKind, modelKind } from './match.js';
import { modelFacts, type Network, type NetworkFacts, runtimeError } from './network.js';
import { scanWeights } from './scan.js';
import { readAllWeights, type WeightData } from './tensors.js';

/** What the two kinds of TensorFlow.js models do in their own way. */
interface TfjsFormat<Facts extends NetworkFacts> extends Pick<ModelFormat, 'name'> {
  readonly kind: ModelKind;
  readFacts(path: string): Promise<Facts>;
  loadNetwork(backend: Backend, facts: Facts, weights: WeightData): Network;
}

/** A format whose files are a model.json and shards. The runtime is loaded by the first `open`. */
export function tfjsFormat<Facts extends NetworkFacts>({
  name,
  kind,
  readFacts,
  loadNetwork,
}: TfjsFormat<Facts>): ModelFormat {
  return {
    name,
    match: async (path) => (await modelKind(path)) === kind,
    inspect: async (path) => modelFacts(name, await readFacts(path)),
    faults: (path) => findFaults(path, readFacts),
    scan: async (path, work) => scanWeights(await readFacts(path), work),
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
}

async function findFaults(path: string, readFacts: (path: string) => Promise<NetworkFacts>): Promise<LetheError[]> {
  try {
    const { faults } = await checkModelFiles(path);
    if (faults.length > 0) return [...faults];
    await readFacts(path);
    return [];
  } catch (error) {
    if (error instanceof LetheError) return [error];
    throw error;
  }
}
