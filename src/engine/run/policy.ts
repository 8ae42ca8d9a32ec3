import type { ClassChange, PolicyFinding } from '../../contract/records.js';
import { decimalText, percentOver, percentText, pointsOver } from '../../contract/text.js';
import { DEFAULT_DROP_WARNING } from '../../project/schema.js';
import type { ForgottenClass, Targets } from './targets.js';

/** So that 0.95 - 0.92 counts as 0.03. */
const ROUNDING = 1e-9;

/** Whether an accuracy or a loss is over its limit. */
export function exceeds(value: number, limit: number): boolean {
  return value > limit + ROUNDING;
}

/** Holds the accuracies of the new model against the policy: errors for its limits, warnings for what it does not state. */
export function findingsOf(targets: Targets, changes: readonly ClassChange[]): PolicyFinding[] {
  return [
    ...targets.forget.flatMap((entry) => stillRecognised(entry, changes[entry.index], '')),
    ...targets.earlier.flatMap((entry) => stillRecognised(entry, changes[entry.index], 'again ')),
    ...targets.pending.flatMap((entry) => stillRecognised(entry, changes[entry.index], 'still ')),
    ...targets.retain.flatMap((index) => dropped(targets, changes[index])),
  ];
}

function stillRecognised(entry: ForgottenClass, { class: name, after }: ClassChange, how: string): PolicyFinding[] {
  if (after === null || !exceeds(after, entry.maxAccuracy)) return [];
  const message = `${name} is ${how}recognised ${percentOver(after, entry.maxAccuracy)} of the time, the limit is ${percentText(entry.maxAccuracy)}`;
  const severity = entry.policy ? 'error' : 'warning';
  return [{ code: 'forget-limit', severity, class: name, limit: entry.maxAccuracy, value: after, message }];
}

function dropped(targets: Targets, { class: name, index, before, after }: ClassChange): PolicyFinding[] {
  if (before === null || after === null) return [];
  const limit = targets.protect.find((entry) => entry.index === index)?.maxDrop;
  const value = before - after;
  const allowed = limit ?? DEFAULT_DROP_WARNING;
  if (!exceeds(value, allowed)) return [];
  const lost = `${name} loses ${pointsOver(value, allowed)} points`;
  if (limit === undefined) {
    const message = `${lost}; set a limit under "protect" if that is too much`;
    return [{ code: 'retain-drop', severity: 'warning', class: name, limit: DEFAULT_DROP_WARNING, value, message }];
  }
  const message = `${lost}, the limit is ${decimalText(100 * limit, 1)}`;
  return [{ code: 'protect-limit', severity: 'error', class: name, limit, value, message }];
}
