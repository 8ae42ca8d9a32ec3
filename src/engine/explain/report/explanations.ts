import { throwIfAborted } from '../../../base/abort.js';
import { LetheError } from '../../../base/errors.js';
import { FOCUS_SAMPLES, type SaliencyResult } from '../../../contract/explain.js';
import type { Work } from '../../../contract/progress.js';
import type { RunRecord } from '../../../contract/records.js';
import { sentenceText } from '../../../contract/text.js';
import type { Explanations, Found } from '../../../report/explanations.js';
import type { ModelPair } from '../../kept/modelPair.js';
import { boundaryOf } from '../boundary.js';
import { focusOf } from '../focus.js';
import { saliencyOf } from '../saliency.js';
import { boundaryView } from './boundary.js';
import { chosenSamples, focusClasses } from './choice.js';
import { saliencyView } from './saliency.js';

/**
 * Explains what a run changed: saliency of some samples, what is kept of it by class, the decision boundary. What can't be made
 * for this model is told in a sentence.
 * @param record about the candidate of the pair.
 * @param forgottenPictures shows samples of forgotten classes too.
 * @throws LetheError `cancelled`; what is wrong with a model or the data.
 */
export async function explain(
  pair: ModelPair,
  record: RunRecord,
  forgottenPictures: boolean,
  { signal, onProgress }: Work,
): Promise<Explanations> {
  const isForgotten = (index: number) => record.result.perClass[index].role !== 'retain';
  const context = { record, mayShow: (index: number) => forgottenPictures || !isForgotten(index) };
  const classes = focusClasses(record);
  const work = { signal, onProgress };
  return {
    saliency: await unlessImpossible(async () => saliencyView(await saliencies(pair, record, work), context)),
    focus: await unlessImpossible(() => focusOf(pair, { classes, samples: FOCUS_SAMPLES }, work)),
    boundary: await unlessImpossible(async () => boundaryView(compared(await boundaryOf(pair, {}, work)), context)),
    forgottenPictures,
  };
}

async function saliencies(pair: ModelPair, record: RunRecord, work: Work) {
  const results: ReturnType<typeof compared<SaliencyResult>>[] = [];
  for (const sample of chosenSamples(record)) results.push(compared(await saliencyOf(pair, { sample }, work)));
  throwIfAborted(work.signal);
  return results;
}

/** With a run there is an after. */
function compared<Result extends { readonly after: unknown }>(result: Result) {
  return result as Result & { readonly after: NonNullable<Result['after']> };
}

async function unlessImpossible<T>(make: () => Promise<T>): Promise<Found<T>> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof LetheError && IMPOSSIBLE.has(error.code)) return { problem: sentence(error) };
    throw error;
  }
}

/** What lies in the nature of a model or its data; everything else is an error of the report. */
const IMPOSSIBLE: ReadonlySet<string> = new Set(['no-saliency', 'no-plane', 'samples-missing']);

function sentence({ code, what }: LetheError): string {
  if (code !== 'no-saliency') return sentenceText(what);
  return 'There are no saliency maps: the model has no activation with places (a map, or tokens) that its answers depend on.';
}
