import type { PolicyEntry } from '../../contract/models.js';
import { type ForgetRule, loss, recognition } from '../../contract/policy.js';
import type { ClassAccuracy, PolicyFinding, RunRecord } from '../../contract/records.js';
import { classIndex } from '../../project/classNames.js';
import type { ProjectConfig } from '../../project/config.js';
import type { Measurement } from '../records/traces.js';

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

/** What the measured accuracies say against some entries: the finding, and which entry it is about. */
export function brokenEntries<T extends ForgetRule & { readonly index: number }>(
  entries: readonly T[],
  measured: Measurement | null,
): { readonly entry: T; readonly finding: PolicyFinding }[] {
  return entries.flatMap((entry) => {
    const accuracy = accuracyOf(measured, entry.index)?.accuracy ?? null;
    const finding = accuracy === null ? null : recognition(entry, accuracy);
    return finding ? [{ entry, finding }] : [];
  });
}

/** The `protect` entries that the run which wrote a model broke, by their places. */
export function brokenProtections(
  config: ProjectConfig,
  { result, classes }: RunRecord,
): { readonly at: number; readonly finding: PolicyFinding }[] {
  return config.protect.flatMap((entry, at) => {
    const index = classIndex(entry.class, classes);
    const change = result.perClass.find((candidate) => candidate.index === index);
    if (change?.role !== 'retain' || change.before === null || change.after === null) return [];
    const finding = loss(change.class, change.before, change.after, entry.maxDrop);
    return finding ? [{ at, finding }] : [];
  });
}
