import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import type { ModelState } from '../../contract/models.js';
import { countText, percentText } from '../../contract/text.js';
import type { Trace } from '../records/traces.js';
import type { ModelLook } from './modelLook.js';
import { brokenEntries, brokenProtections, mustBeForgotten } from './policy.js';

type Known = Omit<ModelLook, 'state' | 'detail'>;

/** The state of a model, and one sentence that says it. */
export function judge(look: Known): { readonly state: ModelState; readonly detail: string } {
  const { faults, history, policy } = look;
  const { supersededBy, changedSince, measured, writtenBy } = history;
  if (faults.length > 0) {
    const [error] = faults;
    return { state: 'unreadable', detail: error instanceof LetheError ? error.what : String(error) };
  }
  if (supersededBy) {
    const newer = path.relative(path.dirname(look.model), supersededBy.output);
    return { state: 'superseded', detail: `superseded by ${newer}: delete it or move it away` };
  }
  if (changedSince) return { state: 'changed', detail: `changed since it was ${whatHappened(changedSince)}` };
  if (!measured) {
    const unchecked = policy.length > 0 ? ', so that the policy can not be checked' : '';
    return { state: 'unknown', detail: `never evaluated${unchecked}` };
  }
  const [broken, ...others] = brokenEntries(policy, measured);
  if (broken) {
    const more = others.length > 0 ? `, and ${others.length} more` : '';
    return { state: 'forbidden', detail: `${mustBeForgotten(broken)}${more}` };
  }
  const accuracy = `accuracy ${percentText(measured.accuracy)} on ${countText(measured.samples)} ${measured.split} samples`;
  if (!writtenBy) return { state: 'evaluated', detail: accuracy };
  const { record } = writtenBy;
  const [again] = brokenEntries([...record.forget, ...record.earlier], measured);
  if (again)
    return {
      state: 'evaluated',
      detail: `${again.class} was to be forgotten but is recognised ${percentText(again.accuracy)} of the time`,
    };
  const [lost] = look.isCovered && look.config?.config ? brokenProtections(look.config.config, record) : [];
  if (lost)
    return {
      state: 'evaluated',
      detail: `${lost.class} fell from ${percentText(lost.before)} to ${percentText(lost.after)}, more than "protect" allows`,
    };
  return { state: 'verified', detail: `forgot ${forgottenBy(look).join(', ')}; ${accuracy}` };
}

/** What the run that wrote a model, and those before it, made it forget. */
export function forgottenBy({ history: { writtenBy } }: Pick<ModelLook, 'history'>): string[] {
  const record = writtenBy?.record;
  return record ? [...record.earlier, ...record.forget].map((entry) => entry.class) : [];
}

/** `evaluated on 2026-01-31`. */
export function whatHappened({ role, created }: Pick<Trace, 'role' | 'created'>): string {
  const verb = { evaluated: 'evaluated', output: 'written by Lethe', source: 'measured for a run' }[role];
  return `${verb} on ${created.slice(0, 10)}`;
}
