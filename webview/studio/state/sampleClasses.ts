import type { StudioSnapshot } from '../../../src/contract/studio.js';
import { classRows } from './classes.js';

/** A class whose samples can be looked at. */
export interface SampleClass {
  readonly index: number;
  readonly name: string;
  /** What became of it, null for a kept class. */
  readonly fate: 'forgotten' | 'forgotten earlier' | null;
  /** Samples that accuracies are measured on; null if not known. */
  readonly samples: number | null;
}

/** The run whose effect can be seen in samples: there is no new model before it has ended. */
export function endedRun({ shown }: StudioSnapshot): StudioSnapshot['shown'] {
  return shown?.state === 'recorded' ? shown : null;
}

let latest: { readonly parts: readonly unknown[]; readonly classes: readonly SampleClass[] } | undefined;

/** Every class: those that the shown run forgot first, then those that were forgotten before it. The same array for the same state. */
export function sampleClasses(snapshot: StudioSnapshot): readonly SampleClass[] {
  const parts = [snapshot.facts, snapshot.summary, snapshot.shown];
  if (!latest?.parts.every((part, at) => part === parts[at])) latest = { parts, classes: listClasses(snapshot) };
  return latest.classes;
}

function listClasses(snapshot: StudioSnapshot): SampleClass[] {
  const run = endedRun(snapshot);
  const forgotten = new Set(run?.outcome.forget);
  const earlier = new Set(run?.outcome.earlier);
  const counts = new Map(run?.outcome.perClass.map(({ index, count }) => [index, count]));
  const classes = classRows(snapshot).map(({ index, name, isForgotten }): SampleClass => {
    const fate = forgotten.has(name) ? 'forgotten' : earlier.has(name) || isForgotten ? 'forgotten earlier' : null;
    return { index, name, fate, samples: counts.get(index) ?? null };
  });
  return ['forgotten', 'forgotten earlier', null].flatMap((fate) => classes.filter((entry) => entry.fate === fate));
}

/** `Shirt (forgotten)`. */
export function titleOf({ name, fate }: SampleClass): string {
  return fate ? `${name} (${fate})` : name;
}

/** The name of a class by its index. */
export function nameOf(classes: readonly SampleClass[], index: number): string {
  return classes.find((entry) => entry.index === index)?.name ?? `Class ${index}`;
}
