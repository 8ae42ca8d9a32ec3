import type { PolicyFinding } from './records.js';
import { limitText, percentOver, percentText } from './text.js';

/** The highest accuracy at which a class counts as forgotten, unless the policy says otherwise. */
export const DEFAULT_MAX_ACCURACY = 0.01;

/** A kept class that loses more is pointed out, unless `protect` sets a limit of its own. */
export const DEFAULT_DROP_WARNING = 0.05;

/** So that 0.95 - 0.92 counts as 0.03. */
const ROUNDING = 1e-9;

/** Whether an accuracy, or a loss, is over its limit. @param slack how uncertain the value is. */
export function exceeds(value: number, limit: number, slack = 0): boolean {
  return value > limit + Math.max(slack, ROUNDING);
}

/** A class that must not be recognised, and up to what accuracy it counts as that. */
export interface ForgetRule {
  readonly class: string;
  readonly maxAccuracy: number;
}

/** What an accuracy of such a class says against the policy; null if it says nothing. @param how it is recognised, in a word. */
export function recognition(
  { class: name, maxAccuracy }: ForgetRule,
  accuracy: number,
  severity: PolicyFinding['severity'] = 'error',
  how: '' | 'again' | 'still' = '',
): PolicyFinding | null {
  if (!exceeds(accuracy, maxAccuracy)) return null;
  const is = how ? `is ${how}` : 'is';
  const message = `${name} must be forgotten but ${is} recognised ${percentOver(accuracy, maxAccuracy)} of the time (limit ${limitText(maxAccuracy)})`;
  return { code: 'must-be-forgotten', severity, class: name, limit: maxAccuracy, value: accuracy, message };
}

/** What a class lost against what it may lose; null if that is no more. @param maxDrop of `protect`; null if it has no entry there. */
export function loss(name: string, before: number, after: number, maxDrop: number | null): PolicyFinding | null {
  const limit = maxDrop ?? DEFAULT_DROP_WARNING;
  const value = before - after;
  if (!exceeds(value, limit)) return null;
  const lost = `lost ${inPoints(percentOver(value, limit))}, from ${percentText(before)} to ${percentText(after)}`;
  if (maxDrop === null) {
    const message = `${name} ${lost}; set a limit under "protect" if that is too much`;
    return { code: 'retain-drop', severity: 'warning', class: name, limit, value, message };
  }
  const message = `${name} is protected but ${lost} (limit ${inPoints(limitText(limit))})`;
  return { code: 'protect-broken', severity: 'error', class: name, limit, value, message };
}

/** A difference of percentages: `4.0 points`, `1 point`. */
function inPoints(percent: string): string {
  return percent.replace('%', percent === '1%' ? ' point' : ' points');
}
