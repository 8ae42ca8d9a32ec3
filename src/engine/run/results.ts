import type { Accuracies, ClassChange, Confusion, LayerChange } from '../../contract/records.js';
import type { Layer } from '../../models/classifier.js';
import { layerFacts } from '../../models/layerFacts.js';
import type { ProjectionFacts } from '../../unlearn/projection.js';
import { accuracyOver, samplesOf } from '../open/accuracy.js';
import { roleOf, type Targets } from './targets.js';

/** Accuracy of each class before and after; null for what is not known yet. */
export function changesOf(
  classes: readonly string[],
  targets: Targets,
  before: Confusion,
  after: Confusion | null,
): ClassChange[] {
  return classes.map((name, index) => ({
    class: name,
    index,
    role: roleOf(targets, index),
    before: accuracyOver(before, [index]),
    after: after && accuracyOver(after, [index]),
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
  return layers.map((layer) => ({ ...layerFacts(layer), ...facts.get(layer.id)! }));
}
