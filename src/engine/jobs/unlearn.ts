import { stopwatch } from '../../base/stopwatch.js';
import type { Work } from '../../contract/progress.js';
import type { UnlearnPart, UnlearnRequest, UnlearnResult } from '../../contract/run.js';
import { dropModel, leaseModelAlone } from '../kept/loadedModels.js';
import { runUnlearning } from '../run/unlearning.js';

/**
 * Makes a copy of a model that has forgotten classes, with a record of how. The source is only read.
 * @throws LetheError `no-candidate` if no candidate forgets, and for everything that is wrong with the input; `out-of-memory` or
 *   `disk-full` before the long work if the run would not fit. Nothing has been written then, nor after `cancelled`.
 */
export async function unlearn(request: UnlearnRequest, work: Work<UnlearnPart> = {}): Promise<UnlearnResult> {
  const total = stopwatch();
  const model = await leaseModelAlone(request, work);
  try {
    const { record, source, ...written } = await runUnlearning(model.value.session, request, total, work);
    await model.value.keepSource(record, source);
    return { model: request.model, ...record.result, ...written };
  } catch (error) {
    await dropModel();
    throw error;
  } finally {
    await model.release();
  }
}
