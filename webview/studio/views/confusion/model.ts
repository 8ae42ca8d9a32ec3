import type { Outcome } from '../../../../src/contract/run.js';
import type { ConfusionCounts } from '../../../../src/contract/terms.js';
import { matrixOf } from '../../../../src/figures/confusion.js';
import { classRows } from '../../state/classes.js';
import type { Studio } from '../../state/studio.js';
import { classesShown } from './filter.js';
import type { ConfusionModel } from './surface.js';

interface Basis {
  readonly outcome: Outcome;
  readonly unit: string;
  readonly filter: string;
  readonly names: readonly string[] | null;
}

let last: { readonly basis: Basis; readonly model: ConfusionModel } | undefined;

/** The same object as long as nothing of it has changed: it is looked for among a million numbers. */
export function modelOf(
  { snapshot, view }: Studio,
  outcome: Outcome,
  confusion: ConfusionCounts,
  filter: string,
): ConfusionModel {
  const { unit } = view.confusion;
  const listed = snapshot.facts?.classes ?? snapshot.summary?.classes ?? null;
  const basis: Basis = { outcome, unit, filter, names: listed };
  const isSame = last && (Object.keys(basis) as (keyof Basis)[]).every((name) => basis[name] === last!.basis[name]);
  if (isSame) return last!.model;
  const before = matrixOf(confusion);
  const after = outcome.confusionAfter ? matrixOf(outcome.confusionAfter) : null;
  const changes = new Map(outcome.perClass.map((entry) => [entry.index, entry]));
  const rows = classRows(snapshot);
  const all = Array.from({ length: before.size }, (_, index) => index);
  const names = all.map((index) => changes.get(index)?.class ?? rows[index]?.name ?? `Class ${index}`);
  const shown = classesShown(names, filter, after ? [before, after] : [before]);
  const model: ConfusionModel = {
    names,
    roles: all.map((index) => changes.get(index)?.role ?? 'retain'),
    before,
    after,
    shown,
    unit,
  };
  last = { basis, model };
  return model;
}
