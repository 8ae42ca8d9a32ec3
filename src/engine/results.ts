import type { Layer } from '../models/classifier.js';
import type { Accuracies, ClassChange, Confusion, LayerChange } from '../protocol.js';
import type { ProjectionFacts } from '../unlearn/projection.js';
import { accuracyOver, samplesOf } from './accuracy.js';
import { roleOf, type Targets } from './targets.js';

/** Accuracy of each class before and after. */
export function changesOf(
  classes: readonly string[],
  targets: Targets,
  before: Confusion,
  after: Confusion,
): ClassChange[] {
  return classes.map((name, index) => ({
    class: name,
    index,
    role: roleOf(targets, index),
    before: accuracyOver(before, [index]),
    after: accuracyOver(after, [index]),
    count: samplesOf(before, index),
  }));
}

export function accuraciesOf(
  confusion: Confusion,
  roles: { readonly retain: readonly number[]; readonly forget: readonly number[] },
): Accuracies {
  return {
    retainAccuracy: accuracyOver(confusion, roles.retain) ?? 0,
    forgetAccuracy: accuracyOver(confusion, roles.forget) ?? 0,
  };
}

export function layerChanges(layers: readonly Layer[], facts: ReadonlyMap<string, ProjectionFacts>): LayerChange[] {
  return layers.map(({ id, name, kind, in: columns, out, groups }) => ({
    ...{ name, kind, in: columns, out, groups },
    ...facts.get(id)!,
  }));
}
