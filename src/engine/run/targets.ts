import { LetheError } from '../../base/errors.js';
import { DEFAULT_MAX_ACCURACY, exceeds } from '../../contract/policy.js';
import type { ClassRole, Confusion, RunRecord } from '../../contract/records.js';
import { classIndex } from '../../project/classNames.js';
import type { ProjectConfig } from '../../project/config.js';
import { accuracyOver } from '../open/accuracy.js';
import type { SampleSet } from '../open/samples.js';
import { forgottenBy, type ModelHistory } from '../records/history.js';
import type { Roles } from './samples.js';

/** A class that must not be recognised. */
export interface ForgottenClass {
  readonly index: number;
  readonly maxAccuracy: number;
  readonly reason: string | null;
  /** Whether `lethe.json` asks for it, so that missing the limit breaks the policy. */
  readonly policy: boolean;
}

export interface ProtectedClass {
  readonly index: number;
  readonly maxDrop: number;
}

/** What a run has to do with each class. */
export interface Targets {
  readonly forget: readonly ForgottenClass[];
  /** Forgotten before this run: to be held so. */
  readonly earlier: readonly ForgottenClass[];
  /** All others. */
  readonly retain: readonly number[];
  readonly protect: readonly ProtectedClass[];
  /** In the policy, but neither forgotten yet nor asked for in this run. They count as retained. */
  readonly pending: readonly ForgottenClass[];
}

export function roleOf(targets: Targets, index: number): ClassRole {
  if (targets.forget.some((entry) => entry.index === index)) return 'forget';
  return targets.earlier.some((entry) => entry.index === index) ? 'earlier' : 'retain';
}

/** The policy of `lethe.json`, its classes as indices. @throws ConfigError for classes that the model does not have. */
export function policyOf(config: ProjectConfig, classes: readonly string[]) {
  const indexOf = (list: 'forget' | 'protect', at: number): number => {
    const wanted = config[list][at].class;
    const index = classIndex(wanted, classes);
    if (index !== undefined) return index;
    throw config.fault(
      [list, at, 'class'],
      `there is no class ${JSON.stringify(wanted)}`,
      'Name a class of the model.',
    );
  };
  const forget = config.forget.map(({ maxAccuracy, reason }, at): ForgottenClass => {
    return { index: indexOf('forget', at), maxAccuracy, reason: reason ?? null, policy: true };
  });
  const protect = config.protect.map(({ maxDrop }, at): ProtectedClass => ({ index: indexOf('protect', at), maxDrop }));
  return { forget, protect };
}

/**
 * Tells the classes of a run apart. Forgotten before: what the record of the run that wrote this model says, and what the
 * policy asks for and the model already does not recognise.
 * @param wanted by index; default all that the policy asks for and is not forgotten yet.
 * @param history of the model.
 * @param before what the model as it is takes each class for.
 * @throws LetheError `usage` if there is nothing to forget or nothing to keep; ConfigError for classes in the policy that the
 *   model does not have.
 */
export function findTargets(
  config: ProjectConfig,
  classes: readonly string[],
  wanted: readonly number[] | undefined,
  history: ModelHistory,
  before: Confusion,
): Targets {
  const policy = policyOf(config, classes);
  const asked = new Set(wanted);
  const earlier = new Map<number, ForgottenClass>();
  for (const { index, maxAccuracy } of forgottenBy(history)) {
    if (index < classes.length) earlier.set(index, { index, maxAccuracy, reason: null, policy: false });
  }
  for (const entry of policy.forget) {
    const accuracy = accuracyOver(before, [entry.index]);
    const unknown = earlier.has(entry.index) || (accuracy !== null && !exceeds(accuracy, entry.maxAccuracy));
    if (unknown) earlier.set(entry.index, entry);
    else if (!wanted) asked.add(entry.index);
  }
  for (const index of asked) earlier.delete(index);
  if (asked.size === 0) throw nothingToForget(config);

  const forget = [...asked].map((index): ForgottenClass => {
    const stated = policy.forget.find((entry) => entry.index === index);
    return stated ?? { index, maxAccuracy: DEFAULT_MAX_ACCURACY, reason: null, policy: false };
  });
  const retain = classes.map((_, index) => index).filter((index) => !asked.has(index) && !earlier.has(index));
  if (retain.length === 0) throw nothingToKeep();
  return { forget, earlier: [...earlier.values()], retain, ...policyOnKept(policy, retain) };
}

/** What the policy says of classes that a run retains. */
function policyOnKept({ forget, protect }: ReturnType<typeof policyOf>, retain: readonly number[]) {
  const kept = new Set(retain);
  return {
    protect: protect.filter((entry) => kept.has(entry.index)),
    pending: forget.filter((entry) => kept.has(entry.index)),
  };
}

/** The targets of a run that is recorded; what the policy says of the kept classes is taken from `lethe.json` as it is now. */
export function recordedTargets(config: ProjectConfig, classes: readonly string[], record: RunRecord): Targets {
  const policy = policyOf(config, classes);
  const asRecorded = ({ index, maxAccuracy }: { readonly index: number; readonly maxAccuracy: number }) => {
    const stated = policy.forget.find((entry) => entry.index === index);
    return { index, maxAccuracy, reason: stated?.reason ?? null, policy: stated !== undefined };
  };
  const forget = record.forget.map((entry) => ({ ...asRecorded(entry), reason: entry.reason }));
  const earlier = record.earlier.map(asRecorded);
  const unknown = new Set(indicesOf([...forget, ...earlier]));
  const retain = [...classes.keys()].filter((index) => !unknown.has(index));
  return { forget, earlier, retain, ...policyOnKept(policy, retain) };
}

export function indicesOf(entries: readonly ForgottenClass[]): number[] {
  return entries.map((entry) => entry.index);
}

/**
 * @param measured the samples to measure with.
 * @throws LetheError `samples-missing` if there is none of a class to forget, or none of the kept ones.
 */
export function checkMeasurable(
  { forget, retain }: Pick<Roles, 'forget' | 'retain'>,
  { dataset, indices }: Pick<SampleSet, 'dataset' | 'indices'>,
  classes: readonly string[],
): void {
  const present = new Set(indices.map((index) => dataset.labels[index]));
  const unseen = forget.find((index) => !present.has(index));
  if (unseen === undefined && retain.some((index) => present.has(index))) return;
  throw new LetheError('samples-missing', {
    message: `there are no samples of ${unseen === undefined ? 'the kept classes' : `class "${classes[unseen]}"`} to measure with`,
    file: dataset.where(0).file,
    hint: 'Add some to the test data, or leave "test" out so that a part of the train data is held out.',
  });
}

export function nothingToForget(config: ProjectConfig): LetheError {
  const done = config.forget.length > 0;
  return new LetheError('usage', {
    message: done ? 'all that the policy asks for is forgotten already' : 'no class to forget is named',
    file: done ? config.file : undefined,
    hint: 'Name classes to forget (--forget), or list them under "forget" in lethe.json.',
  });
}

export function nothingToKeep(): LetheError {
  return new LetheError('usage', {
    message: 'every class is to be forgotten, so that nothing is left to keep',
    hint: 'Leave at least one class out of those to forget.',
  });
}
