import type { Recoverability } from '../contract/records.js';
import type { ClassAccuracy, Evaluation } from './candidates.js';

/** How a recipe does on several parts of the samples together, each judged with a fit of its own. */
export function pooledEvaluation(parts: readonly Evaluation[]): Evaluation {
  if (parts.length === 1) return parts[0];
  const known = parts.flatMap(({ recoverability }) => recoverability ?? []);
  return {
    classes: pooledClasses(parts.flatMap(({ classes }) => classes)),
    isRight: Uint8Array.from(parts.flatMap(({ isRight }) => [...isRight])),
    recoverability: known.length > 0 ? meanOf(known) : null,
  };
}

function pooledClasses(entries: readonly ClassAccuracy[]): ClassAccuracy[] {
  const pooled = new Map<number, ClassAccuracy>();
  for (const { class: name, accuracy, samples } of entries) {
    const known = pooled.get(name) ?? { class: name, accuracy: 0, samples: 0 };
    const all = known.samples + samples;
    pooled.set(name, {
      class: name,
      accuracy: (known.accuracy * known.samples + accuracy * samples) / all,
      samples: all,
    });
  }
  return [...pooled.values()].sort((a, b) => a.class - b.class);
}

/** The mean of measurements that do not depend on each other. */
export function meanOf(parts: readonly Recoverability[]): Recoverability {
  const mean = (of: (part: Recoverability) => number) => parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
  return {
    balancedAccuracy: mean(({ balancedAccuracy }) => balancedAccuracy),
    error: Math.sqrt(mean(({ error }) => error ** 2) / parts.length),
    auc: mean(({ auc }) => auc),
  };
}
