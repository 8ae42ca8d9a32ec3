import { loss, recognition } from '../../contract/policy.js';
import type { ClassChange, PolicyFinding } from '../../contract/records.js';
import type { ForgottenClass, Targets } from './targets.js';

/** Holds the accuracies of the new model against the policy: errors for its limits, warnings for what it does not state. */
export function findingsOf(targets: Targets, changes: readonly ClassChange[]): PolicyFinding[] {
  const recognised = (entries: readonly ForgottenClass[], how: '' | 'again' | 'still') =>
    entries.map((entry) => stillRecognised(entry, changes[entry.index], how));
  const found = [
    ...recognised(targets.forget, ''),
    ...recognised(targets.earlier, 'again'),
    ...recognised(targets.pending, 'still'),
    ...targets.retain.map((index) => dropped(targets, changes[index])),
  ];
  return found.filter((finding) => finding !== null);
}

function stillRecognised(
  { maxAccuracy, policy }: ForgottenClass,
  { class: name, after }: ClassChange,
  how: '' | 'again' | 'still',
): PolicyFinding | null {
  return after === null ? null : recognition({ class: name, maxAccuracy }, after, policy ? 'error' : 'warning', how);
}

/** A class that the policy still wants forgotten may lose what it likes. */
function dropped({ protect, pending }: Targets, change: ClassChange): PolicyFinding | null {
  const { class: name, index, before, after } = change;
  if (before === null || after === null || pending.some((entry) => entry.index === index)) return null;
  return loss(name, before, after, protect.find((entry) => entry.index === index)?.maxDrop ?? null);
}
