import { stopwatch } from '../../base/stopwatch.js';
import type { Work } from '../../contract/progress.js';
import type { EstimateRequest, EstimateResult } from '../../contract/run.js';
import { reportOf } from '../../project/errorReport.js';
import { leaseModelAlone } from '../kept/loadedModels.js';
import { measurePace } from '../run/cost/pace.js';
import { findRoom } from '../run/cost/room.js';
import { stepsOf, timeNeed } from '../run/cost/time.js';
import { outputFolder } from '../run/output.js';
import { draftRun } from '../run/prepare.js';

/**
 * What an unlearning run would take, and why it would be refused: from the sizes of the model, one sample with all taps, and
 * the speed of some more. The seconds are 0, without steps, for a run that would not fit into memory, as nothing is tried then.
 * In a process that keeps things, the run finds the model open.
 * @throws LetheError as `unlearn`, for what is wrong with the input; `out-of-memory` if not even the model fits.
 */
export async function estimate(request: EstimateRequest, work: Work = {}): Promise<EstimateResult> {
  const clock = stopwatch();
  const model = await leaseModelAlone(request, work);
  const load = clock();
  try {
    const { session } = model.value;
    const { pools, plan } = await draftRun(session, request, work);
    const { memory, disk, refusals } = await findRoom(plan, outputFolder(session.classifier, session.home, request));
    const fits = memory.needed <= memory.available;
    const pace = fits && (await measurePace(session.classifier, pools, plan, work));
    const steps = pace ? stepsOf(timeNeed(plan, load, pace)) : [];
    return {
      seconds: steps.reduce((sum, { seconds }) => sum + seconds, 0),
      steps,
      memoryBytes: memory.needed,
      diskBytes: disk.needed,
      refusals: refusals.map(reportOf),
    };
  } finally {
    await model.release();
  }
}
