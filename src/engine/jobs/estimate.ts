import { throwIfAborted } from '../../base/abort.js';
import { stopwatch } from '../../base/stopwatch.js';
import type { Work } from '../../contract/progress.js';
import type { RunRecord } from '../../contract/records.js';
import type { EstimateRequest, EstimateResult } from '../../contract/run.js';
import { settingsOf } from '../../project/defaults.js';
import { digests } from '../../project/digestCache.js';
import { reportOf } from '../../project/errorReport.js';
import { listRuns, runThatWrote } from '../../project/runStore.js';
import { dropBench } from '../kept/benches.js';
import { probe } from '../open/probe.js';
import { Session } from '../open/session.js';
import { measurePace } from '../run/cost/pace.js';
import { planRun } from '../run/cost/plan.js';
import { checkRoomForModel, findRoom } from '../run/cost/room.js';
import { stepsOf, timeNeed } from '../run/cost/time.js';
import { chosenLayers } from '../run/layers.js';
import { outputTarget } from '../run/output.js';
import { makePools } from '../run/pools.js';

/**
 * What an unlearning run would take, and why it would be refused: from the sizes of the model, one sample with all taps, and
 * the speed of some more. The seconds are 0, without steps, for a run that would not fit into memory, as nothing is tried then.
 * @throws LetheError as `unlearn`, for what is wrong with the input; `out-of-memory` if not even the model fits.
 */
export async function estimate(request: EstimateRequest, work: Work = {}): Promise<EstimateResult> {
  await dropBench();
  const clock = stopwatch();
  const session = await Session.open(request, work);
  try {
    const { classifier, home } = session;
    const settings = settingsOf(request);
    const layers = chosenLayers(classifier, settings.layers);
    await checkRoomForModel(classifier, layers);
    const record = await recordOf(session, work);
    const load = clock();
    const pools = makePools(session, settings.seed);
    const costs = await probe(classifier, pools.work, work.signal);
    const plan = await planRun(session, request, settings, layers, pools, costs, record);
    const { memory, disk, refusals } = await findRoom(plan, outputTarget(classifier, home, '', request));
    const fits = memory.needed <= memory.available;
    const steps = fits ? stepsOf(timeNeed(plan, load, await measurePace(classifier, pools, plan, work))) : [];
    return {
      seconds: steps.reduce((sum, { seconds }) => sum + seconds, 0),
      steps,
      memoryBytes: memory.needed,
      diskBytes: disk.needed,
      refusals: refusals.map(reportOf),
    };
  } finally {
    await session.close();
  }
}

/** The record of the run that wrote the model. It is read whole for its digest only where there is a run to look up. */
async function recordOf({ classifier, home }: Session, work: Work): Promise<RunRecord | undefined> {
  const { runs } = await listRuns(home.records);
  throwIfAborted(work.signal);
  return runs.length === 0 ? undefined : runThatWrote(runs, await digests.hash(classifier.files, work))?.record;
}
