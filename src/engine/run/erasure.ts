import type { Work } from '../../contract/progress.js';
import { meanRow } from '../../linalg/matrix.js';
import type { WeightEdits } from '../../linalg/weightEdits.js';
import type { Classifier, Layer } from '../../models/classifier.js';
import { ERASURE_LOOKS, fitDetector, meansApart, rootsOf, withoutDetected } from '../../unlearn/erasure.js';
import type { EditingPass, SideRows } from './editingPass.js';
import type { Writer } from './writers.js';

/** Roots are found well enough when so much of the difference is left beyond what should be. */
const ENOUGH = 0.03;

export interface Erasure {
  /** Standing before the writers. */
  readonly pass: EditingPass;
  /** The original network. */
  readonly classifier: Classifier;
  /** Layers before the last one, in forward order. */
  readonly writers: readonly Writer[];
  /** The layer that reads the features. */
  readonly last: Layer;
  /** The share of the difference that is to be left. */
  readonly left: number;
}

/**
 * Brings the last hidden features of samples to forget closer to those of the others, by their mean: the layers that write them
 * give less of what tells the two apart.
 * @param edits of all layers before the last one.
 * @returns other edits of the writers.
 */
export async function erasing(
  { pass, classifier, writers, last, left }: Erasure,
  edits: WeightEdits,
  work: Work,
): Promise<WeightEdits> {
  const look = async (changed: WeightEdits, layers: readonly Layer[]) => {
    const model = await classifier.withWeights(new Map([...edits, ...changed]));
    try {
      return await pass.meansOf([...layers, last], model, work);
    } finally {
      await model.dispose();
    }
  };
  const reads = await look(
    new Map(),
    writers.map(({ layer }) => layer),
  );
  const apart = gapsOf(writers, reads.get(last.id)!);
  const detected = await Promise.all(
    writers.map(async ({ layer }) => {
      const sides = reads.get(layer.id)!;
      const { weight, bias = null } = edits.get(layer.id)!;
      const detector = await fitDetector(sides, { bias: bias !== null, signal: work.signal });
      return { start: { weight, bias }, detector, told: meansApart(detector, sides) };
    }),
  );
  /** By how much a channel's features would fall if nothing lay between. */
  const falls = writers.flatMap(({ features }, at) => features.map(({ length }) => length * detected[at].told));
  const editsAt = (amounts: Float64Array): WeightEdits => {
    let channels = 0;
    return new Map(
      writers.map(({ layer, features }, at) => {
        const own = amounts.subarray(channels, channels + features.length);
        channels += features.length;
        return [layer.id, withoutDetected(detected[at].start, detected[at].detector, own)];
      }),
    );
  };
  const tooMuch = (gaps: Float64Array) => gaps.map((gap, at) => gap - left * apart[at]);
  const amounts = await rootsOf(async (at) => tooMuch(gapsOf(writers, (await look(editsAt(at), [])).get(last.id)!)), {
    atZero: tooMuch(apart),
    first: tooMuch(apart).map((gap, at) => (falls[at] === 0 ? 0 : gap / falls[at])),
    rounds: ERASURE_LOOKS - 1,
    enough: ENOUGH,
  });
  return editsAt(amounts);
}

/** How much larger features are for samples to forget; summed by the channel that they follow, one writer after the other. */
function gapsOf(writers: readonly Writer[], { retain, forget }: SideRows): Float64Array {
  const [kept, forgotten] = [meanRow(retain), meanRow(forget)];
  const gap = (features: readonly number[]) => features.reduce((sum, at) => sum + forgotten[at] - kept[at], 0);
  return Float64Array.from(writers.flatMap(({ features }) => features.map(gap)));
}
