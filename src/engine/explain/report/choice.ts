import type { RunRecord } from '../../../contract/records.js';
import type { SampleRef } from '../../../contract/terms.js';

/** Forgotten classes that samples are shown of, and samples of each. */
const FORGOTTEN = { classes: 2, samples: 2 };
/** Kept classes that a sample is shown of. */
const KEPT = 2;
/** Classes in the table of what is kept. */
const LISTED = 20;

/** A few samples to look at: of what was forgotten, and of the kept classes that it is taken for most often now. */
export function chosenSamples(record: RunRecord): SampleRef[] {
  const some = (classes: readonly number[], samples: number) =>
    classes.flatMap((index) => {
      const count = Math.min(samples, record.result.perClass[index].count);
      return Array.from({ length: count }, (_, nth) => ({ class: index, nth }));
    });
  const { forgotten, kept } = byInterest(record);
  return [...some(forgotten.slice(0, FORGOTTEN.classes), FORGOTTEN.samples), ...some(kept.slice(0, KEPT), 1)];
}

/** The classes to tell the kept share of: forgotten ones first. */
export function focusClasses(record: RunRecord): number[] {
  const { forgotten, kept } = byInterest(record);
  return [...forgotten, ...kept].slice(0, LISTED);
}

/** Classes with samples: forgotten ones in their order, kept ones by how often a forgotten class is taken for them. */
function byInterest({ result }: RunRecord): { readonly forgotten: number[]; readonly kept: number[] } {
  const known = result.perClass.filter((entry) => entry.count > 0);
  const forgotten = known.filter((entry) => entry.role !== 'retain').map((entry) => entry.index);
  const takes = (index: number) => forgotten.reduce((sum, other) => sum + result.confusion.after[other][index], 0);
  const kept = known
    .filter((entry) => entry.role === 'retain')
    .map((entry) => entry.index)
    .sort((a, b) => takes(b) - takes(a));
  return { forgotten, kept };
}
