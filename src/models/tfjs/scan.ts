import type { Work } from '../../contract/progress.js';
import type { NotFinite } from '../classifier.js';
import { BYTES_OF, countNotFinite, type NumberKind } from '../notFinite.js';
import { placeOf } from './json.js';
import { rangesOf, type StoredWeight } from './manifest.js';
import type { NetworkFacts } from './network.js';

/** Reads every stored real number of a model from its shards. Affine codes can't stand for anything but finite numbers. */
export async function scanWeights({ files, layers }: NetworkFacts, work: Work = {}): Promise<NotFinite[]> {
  const weights = [...files.weights.values()].filter((weight) => kindOf(weight) !== null && !weight.ofOptimizer);
  const total = weights.reduce((sum, weight) => sum + weight.bytes, 0);
  const multiplied = new Set(layers.map(({ weight }) => weight.name));
  const found: NotFinite[] = [];
  let done = 0;
  for (const weight of weights) {
    const kind = kindOf(weight)!;
    const ranges = rangesOf(weight);
    const count = await countNotFinite(ranges, kind, {
      signal: work.signal,
      onBytes: (bytes) => {
        done += bytes;
        work.onProgress?.({ phase: 'scan', done, total, detail: weight.name });
      },
    });
    if (count.first < 0) continue;
    found.push({
      ...count,
      tensor: weight.name,
      file: fileOf(weight, count.first * BYTES_OF[kind]),
      at: placeOf(files.json, weight.place).at,
      count: weight.bytes / BYTES_OF[kind],
      isWeight: multiplied.has(weight.name),
    });
  }
  return found;
}

function kindOf({ dtype, quantization }: StoredWeight): NumberKind | null {
  if (quantization) return quantization.dtype === 'float16' ? 'float16' : null;
  return dtype === 'float32' || dtype === 'complex64' ? 'float32' : null;
}

/** The shard that holds a weight's byte. */
function fileOf(weight: StoredWeight, offset: number): string {
  let rest = offset;
  for (const range of rangesOf(weight)) {
    if (rest < range.length) return range.file;
    rest -= range.length;
  }
  return weight.group.shards[0].source.path;
}
