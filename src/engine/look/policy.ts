import type { PolicyEntry } from '../../contract/models.js';
import type { ClassAccuracy, RunRecord } from '../../contract/records.js';
import { limitText, percentOver } from '../../contract/text.js';
import { classIndex } from '../../project/classNames.js';
import type { ProjectConfig } from '../../project/config.js';
import type { Measurement } from '../records/traces.js';
import { exceeds } from '../run/policy.js';

/** An entry of `forget` or `protect` and which one it is. */
export type Placed<T> = T & { readonly at: number };

/** The `forget` entries of a `lethe.json`, with the names that are known for the outputs. */
export function forgetEntries(config: ProjectConfig, names: readonly string[] | null): Placed<PolicyEntry>[] {
  return config.forget.map((entry, at) => {
    const index = names
      ? (classIndex(entry.class, names) ?? -1)
      : Number.isInteger(entry.class)
        ? Number(entry.class)
        : -1;
    const { maxAccuracy, reason } = entry;
    return { at, class: names?.[index] ?? String(entry.class), index, maxAccuracy, reason: reason ?? null };
  });
}

/** What was measured of a class; null if it was not. */
export function accuracyOf(measured: Measurement | null, index: number): ClassAccuracy | null {
  return measured?.perClass.find((entry) => entry.index === index) ?? null;
}

/** Entries that the measured accuracies break. */
export function brokenEntries<T extends Pick<PolicyEntry, 'index' | 'maxAccuracy'>>(
  entries: readonly T[],
  measured: Measurement | null,
): (T & { readonly accuracy: number })[] {
  return entries.flatMap((entry) => {
    const accuracy = accuracyOf(measured, entry.index)?.accuracy ?? null;
    return accuracy !== null && exceeds(accuracy, entry.maxAccuracy) ? [{ ...entry, accuracy }] : [];
  });
}

/** A kept class that lost more in a run than `protect` allows. */
export interface BrokenProtection {
  readonly class: string;
  readonly before: number;
  readonly after: number;
  readonly maxDrop: number;
}

/** The `protect` entries that the run which wrote a model broke. */
export function brokenProtections(config: ProjectConfig, { result, classes }: RunRecord): Placed<BrokenProtection>[] {
  return config.protect.flatMap((entry, at) => {
    const index = classIndex(entry.class, classes);
    const change = result.perClass.find((candidate) => candidate.index === index);
    if (change?.role !== 'retain' || change.before === null || change.after === null) return [];
    const { before, after } = change;
    if (!exceeds(before - after, entry.maxDrop)) return [];
    return [{ at, class: change.class, before, after, maxDrop: entry.maxDrop }];
  });
}

/** What a broken `forget` entry is called wherever it is shown. */
export function mustBeForgotten(
  entry: Pick<PolicyEntry, 'class' | 'maxAccuracy'> & { readonly accuracy: number },
): string {
  const { accuracy, maxAccuracy } = entry;
  return `${entry.class} must be forgotten but is recognised ${percentOver(accuracy, maxAccuracy)} of the time (limit ${limitText(maxAccuracy)})`;
}
