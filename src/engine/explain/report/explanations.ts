import { LetheError } from '../../../base/errors.js';
import { throwIfAborted, type Work } from '../../../base/work.js';
import { type ExplainRequest, FOCUS_SAMPLES, type SaliencyResult } from '../../../contract/explain.js';
import type { RunRecord } from '../../../contract/records.js';
import { sentenceText } from '../../../contract/text.js';
import type { Explanations, Found } from '../../../report/explanations.js';
import { boundary } from '../../jobs/boundary.js';
import { focus } from '../../jobs/focus.js';
import { saliency } from '../../jobs/saliency.js';
import { boundaryView } from './boundary.js';
import { chosenSamples, focusClasses } from './choice.js';
import { saliencyView } from './saliency.js';

/**
 * Explains what a run changed: saliency of some samples, what is kept of it by class, the decision boundary. What can't be made
 * for this model is told in a sentence. Quick only while somebody holds the models open (`openModelPair`).
 * @param record about the pair of the request.
 * @param forgottenPictures shows samples of forgotten classes too.
 * @throws LetheError as `openModelPair`, `cancelled`.
 */
export async function explain(
  request: ExplainRequest & { readonly run: string },
  record: RunRecord,
  forgottenPictures: boolean,
  { signal, onProgress }: Work,
): Promise<Explanations> {
  const isForgotten = (index: number) => record.result.perClass[index].role !== 'retain';
  const context = { record, mayShow: (index: number) => forgottenPictures || !isForgotten(index) };
  const classes = focusClasses(record);
  const work = { signal, onProgress };
  return {
    saliency: await unlessImpossible(async () => saliencyView(await saliencies(request, record, work), context)),
    focus: await unlessImpossible(() => focus({ ...request, classes, samples: FOCUS_SAMPLES }, work)),
    boundary: await unlessImpossible(async () => boundaryView(compared(await boundary(request, work)), context)),
    forgottenPictures,
  };
}

async function saliencies(request: ExplainRequest, record: RunRecord, work: Work) {
  const results: ReturnType<typeof compared<SaliencyResult>>[] = [];
  for (const sample of chosenSamples(record)) results.push(compared(await saliency({ ...request, sample }, work)));
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
