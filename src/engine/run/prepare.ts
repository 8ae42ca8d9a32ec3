import type { Work } from '../../contract/progress.js';
import type { Confusion } from '../../contract/records.js';
import type { UnlearnRequest, UnlearnResult } from '../../contract/run.js';
import type { HashedFile } from '../../contract/schema.js';
import type { RunSettings } from '../../contract/settings.js';
import type { Layer } from '../../models/classifier.js';
import { classIndices } from '../../project/classNames.js';
import { settingsOf } from '../../project/defaults.js';
import { hashFiles } from '../../project/fileHash.js';
import { slugOf } from '../../project/slug.js';
import { SAMPLE_CACHE_BYTES } from '../open/limits.js';
import { checkWeights, type Probe, probe } from '../open/probe.js';
import type { Session } from '../open/session.js';
import type { RunBasis } from './basis.js';
import { rolesOf } from './candidate.js';
import { planRun } from './cost/plan.js';
import { checkRoom, checkRoomForModel } from './cost/room.js';
import { findHistory, type History } from './history.js';
import { chosenLayers } from './layers.js';
import { chooseOutput, outputTarget } from './output.js';
import { drawSamples, makePools, type Pools, type Roles, type RunSamples } from './pools.js';
import { checkMeasurable, findTargets } from './targets.js';

/** A run before its long work. Which classes are forgotten already is known only after measuring. */
export interface PreparedRun {
  readonly settings: RunSettings;
  readonly layers: readonly Layer[];
  /** Digests of the model's files. */
  readonly source: readonly HashedFile[];
  readonly history: History;
  readonly pools: Pools;
  readonly costs: Probe;
}

/** Checks all that can be checked before the long work. @throws LetheError for what is wrong with the input; `out-of-memory`, `disk-full`. */
export async function prepareRun(session: Session, request: UnlearnRequest, work: Work): Promise<PreparedRun> {
  const { classifier, classes, home } = session;
  const settings = settingsOf(request);
  const layers = chosenLayers(classifier, settings.layers);
  await checkRoomForModel(classifier, layers);
  await checkWeights(classifier, work.signal);
  const pools = makePools(session, settings.seed);
  if (request.forget) {
    // Settled again after measuring; what is wrong with it should be said before the long work.
    const forget = classIndices(request.forget, classes);
    await chooseOutput(classifier, home, slugOf(forget, classes), request);
    const retain = [...classes.keys()].filter((index) => !forget.includes(index));
    if (retain.length > 0) sampleRoles({ forget, retain, earlier: [] }, pools, classes, settings);
  }
  const source = await hashFiles(classifier.files, work);
  const history = await findHistory(home, source);
  const costs = await probe(classifier, pools.work, work.signal);
  const plan = await planRun(session, request, settings, layers, pools, costs, history.record);
  await checkRoom(plan, outputTarget(classifier, home, '', request));
  return { settings, layers, source, history, pools, costs };
}

/**
 * Settles the classes of a run and draws its samples.
 * @param before what the model as it is takes the measured samples for.
 * @throws LetheError as `findTargets`, `checkMeasurable` and `drawSamples`.
 */
export function settleRun(
  session: Session,
  request: UnlearnRequest,
  { settings, layers, history, pools, costs }: PreparedRun,
  before: Confusion,
): RunBasis {
  const { config, classes } = session;
  const targets = findTargets(config, classes, request.forget, history.record, before);
  const samples = sampleRoles(rolesOf({ targets }), pools, classes, settings);
  return { session, settings, layers, pools, costs, targets, samples, before };
}

function sampleRoles(roles: Roles, pools: Pools, classes: readonly string[], settings: RunSettings): RunSamples {
  checkMeasurable(roles, pools.measured, classes);
  return drawSamples(pools, roles, classes, settings, SAMPLE_CACHE_BYTES);
}

/** What is to be said of a run besides its numbers. */
export function notesOf({ session, samples }: RunBasis, { history }: PreparedRun): string[] {
  const { file } = session.config;
  const coverage = session.isCovered ? [] : [`"models" in ${file} does not name this model: no policy applies to it`];
  return [...coverage, ...history.notes, ...samples.notes];
}

/** The layers that are left as they are, and why. */
export function skippedLayers({ session, settings, layers }: RunBasis): UnlearnResult['skipped'] {
  const left = session.classifier.layers.filter((layer) => !layers.includes(layer));
  return [
    ...session.classifier.skipped,
    ...left.map(({ name, kind }) => ({ name, kind, reason: `not among the layers to edit, ${settings.layers}` })),
  ];
}
