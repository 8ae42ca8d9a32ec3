import { LetheError } from '../../base/errors.js';
import { inStep, type Work } from '../../contract/progress.js';
import type { Confusion, RunRecord } from '../../contract/records.js';
import { digests } from '../../project/digestCache.js';
import { sameFiles } from '../../project/runStore.js';
import { SAMPLE_CACHE_BYTES } from '../open/limits.js';
import { probe } from '../open/probe.js';
import type { Session } from '../open/session.js';
import type { RunBasis } from './basis.js';
import { measureModel, rolesOf } from './candidate.js';
import { planRun } from './cost/plan.js';
import { checkMemory } from './cost/room.js';
import { hashData } from './inputs.js';
import { chosenLayers } from './layers.js';
import { makePools } from './pools.js';
import { drawSamples } from './samples.js';
import { recordedTargets } from './targets.js';

/**
 * The basis of a recorded run, settled again: with the same model, data and seed it is the same.
 * @throws LetheError `run-outdated` if one of them is not what it was; `out-of-memory`.
 */
export async function recordedBasis(session: Session, record: RunRecord, work: Work): Promise<RunBasis> {
  await checkSource(session, record, work);
  const { classifier, classes, config } = session;
  const { settings } = record;
  const layers = chosenLayers(classifier, settings.layers);
  const pools = makePools(session, settings.seed);
  const costs = await probe(classifier, pools.available, work.signal);
  const [forget, earlier] = [record.forget, record.earlier].map((entries) => entries.map(({ index }) => index));
  await checkMemory(await planRun({ session, settings, layers, pools, costs, candidates: 1, forget, earlier }));

  const targets = recordedTargets(config, classes, record);
  const samples = drawSamples(pools, rolesOf({ targets }), classes, settings, SAMPLE_CACHE_BYTES);
  const data = await hashData([pools.measured, samples.all], work);
  const isOther = data.length !== record.data.length;
  const changed = data.find(({ sha256 }, at) => isOther || sha256 !== record.data[at].sha256);
  if (changed) throw outdated('holds other samples than those', changed.path);
  const before = await checkedBefore(session, record, { pools, costs }, work);
  return { session, settings, layers, pools, costs, targets, samples, before };
}

/** @throws LetheError `run-outdated` if an opened model is not the one that a run was made from. */
export async function checkSource({ classifier }: Session, record: RunRecord, work: Work): Promise<void> {
  const files = await digests.hash(classifier.files, work);
  if (!sameFiles(files, record.source.files)) throw outdated('is not the model', classifier.path);
}

/** What the run measured before. Where `lethe.json` has changed since, it is measured again: the input may mean something else now. */
async function checkedBefore(
  { classifier, classes, config }: Session,
  record: RunRecord,
  measuring: Pick<RunBasis, 'pools' | 'costs'>,
  work: Work,
): Promise<Confusion> {
  const { before } = record.result.confusion;
  const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (!isSame(classes, record.classes)) throw outdated('names other classes than those', config.file);
  const file = await digests.hash([config.file], work);
  if (record.config && sameFiles(file, [record.config])) return before;
  if (isSame(await measureModel(measuring, classifier, inStep('load', work)), before)) return before;
  throw outdated('feeds the model in another way than the one', config.file);
}

function outdated(what: string, file: string): LetheError {
  return new LetheError('run-outdated', {
    message: `${what} that the run was made with`,
    file,
    hint: 'Bring the file back as it was, or repeat the run.',
  });
}
