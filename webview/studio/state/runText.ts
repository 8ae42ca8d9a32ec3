import type { Outcome, RunSummary } from '../../../src/contract/run.js';
import { dateTimeText, listText, percentText } from '../../../src/contract/text.js';

/** What came of what a run was for: whether its classes are forgotten. What else the policy wants, it was not to bring about. */
export function headline({ forget, policy }: Outcome): string {
  const isLeft = (name: string) => policy.some((entry) => entry.code === 'must-be-forgotten' && entry.class === name);
  const left = forget.filter(isLeft);
  const names = left.length > 0 ? left : forget;
  return `${listText(names)} ${names.length === 1 ? 'is' : 'are'} ${left.length > 0 ? 'still recognised' : 'forgotten'}`;
}

/** A run in a list: `Shirt, 31 Jan 2026, 09:45 (forgotten 0.4%, kept 94.6%)`. */
export function runTitle({ forget, created, after }: RunSummary): string {
  return `${listText(forget, 2)}, ${dateTimeText(created)} (forgotten ${percentText(after.forgetAccuracy)}, kept ${percentText(after.retainAccuracy)})`;
}
