import type { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import type { Confusion, SkippedLayer } from '../../contract/records.js';
import type { UnlearnRequest } from '../../contract/run.js';
import { type RunSettings, settingsOf } from '../../contract/settings.js';
import type { Layer } from '../../models/classifier.js';
import { classIndices } from '../../project/classNames.js';
import { recordPath } from '../../project/recordPath.js';
import type { Strategy } from '../../unlearn/strategies.js';
import { SAMPLE_CACHE_BYTES } from '../open/limits.js';
import { type Probe, probe } from '../open/probe.js';
import type { Session } from '../open/session.js';
import { forgottenBy, historyOf, type ModelHistory } from '../records/history.js';
import type { RunBasis } from './basis.js';
import { rolesOf } from './candidate.js';
import { planRun, type RunPlan } from './cost/plan.js';
import { checkRoomForModel } from './cost/room.js';
import { chosenLayers } from './layers.js';
import { METHODS } from './methods.js';
import { makePools, type Pools } from './pools.js';
import { drawSamples, type Roles, type RunSamples } from './samples.js';
import { checkMeasurable, findTargets } from './targets.js';

/** A run before its long work, with all that can be settled then. Which classes are forgotten already is known only after measuring. */
export interface RunDraft {
  readonly session: Session;
  readonly settings: RunSettings;
  readonly layers: readonly Layer[];
  readonly strategy: Strategy;
  /** Classes that the user named, by index; undefined: what the policy still asks for. */
  readonly forget: readonly number[] | undefined;
  readonly history: ModelHistory;
  /** Records near the model that can't be read. */
  readonly broken: readonly LetheError[];
  readonly pools: Pools;
  readonly costs: Probe;
  readonly plan: RunPlan;
}

/**
 * Settles what a run is asked to do, and checks it as far as looking at the model and one sample goes.
 * @throws LetheError for what is wrong with the input; `out-of-memory` if not even the model and a candidate fit.
 */
export async function draftRun(session: Session, request: UnlearnRequest, work: Work): Promise<RunDraft> {
  const { classifier, classes, home } = session;
  const settings = settingsOf(request);
  const strategy = METHODS[settings.method].strategy(settings);
  const layers = chosenLayers(classifier, settings.layers);
  await checkRoomForModel(classifier, layers);
  const pools = makePools(session, settings.seed);
  const forget = request.forget && classIndices(request.forget, classes);
  if (forget) {
    // Settled again after measuring; what is wrong with it should be said before the long work.
    const retain = [...classes.keys()].filter((index) => !forget.includes(index));
    if (retain.length > 0) sampleRoles({ forget, retain, earlier: [] }, pools, classes, settings);
  }
  const { history, broken } = await historyOf(home, classifier.files, work);
  const costs = await probe(classifier, pools.available, work.signal);
  const earlier = forgottenBy(history).map(({ index }) => index);
  const plan = await planRun({
    session,
    settings,
    layers,
    pools,
    costs,
    candidates: strategy.expected,
    forget,
    earlier,
  });
  return { session, settings, layers, strategy, forget, history, broken, pools, costs, plan };
}

/**
 * Settles the classes of a run and draws its samples.
 * @param before what the model as it is takes the measured samples for.
 * @throws LetheError as `findTargets`, `checkMeasurable` and `drawSamples`.
 */
export function settleRun(draft: RunDraft, before: Confusion): RunBasis {
  const { session, settings, layers, forget, history, pools, costs } = draft;
  const { config, classes } = session;
  const targets = findTargets(config, classes, forget, history, before);
  const samples = sampleRoles(rolesOf({ targets }), pools, classes, settings);
  return { session, settings, layers, pools, costs, targets, samples, before };
}

function sampleRoles(roles: Roles, pools: Pools, classes: readonly string[], settings: RunSettings): RunSamples {
  checkMeasurable(roles, pools.measured, classes);
  return drawSamples(pools, roles, classes, settings, SAMPLE_CACHE_BYTES);
}

/** What is to be said of a run besides its numbers. */
export function notesOf({ session, samples }: RunBasis, { history, broken }: RunDraft): string[] {
  const { config, home, isCovered } = session;
  const coverage = isCovered ? [] : [`"models" in ${config.file} does not name this model: no policy applies to it`];
  const unread = broken.map(
    (error) => `a run record can not be read, what it says was forgotten is not considered: ${error.message}`,
  );
  const newer = history.supersededBy && recordPath(home.folder, history.supersededBy.output);
  const superseded = newer
    ? [`this model was superseded by ${newer} already: what that forgot is still known here`]
    : [];
  return [...coverage, ...unread, ...superseded, ...samples.notes];
}

/** The layers that are left as they are, and why. */
export function skippedLayers({ session, settings, layers }: RunBasis): SkippedLayer[] {
  const left = session.classifier.layers.filter((layer) => !layers.includes(layer));
  return [
    ...session.classifier.skipped,
    ...left.map(({ name, kind }) => ({ name, kind, reason: `not among the layers to edit, ${settings.layers}` })),
  ];
}
