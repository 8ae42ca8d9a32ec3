import path from 'node:path';
import { LetheError } from '../../../base/errors.js';
import { type ArrayFacts, listArrays } from '../../../data/formats/npz.js';
import type { Finder, Finding } from '../finding.js';
import { splitOfName } from '../splitName.js';

const SAMPLES = /^(x|images?|imgs?|data|features?|samples?|inputs?)$/;
const LABELS = /^(y|labels?|targets?|class|classes)$/;

/** Arrays of samples and labels in NumPy archives: `x_train` and `y_train`, `test_images` and `test_labels`, `arr_0` and `arr_1`. */
export const npzArrays: Finder = async ({ folder, files }, { signal }) => {
  const findings: Finding[] = [];
  for (const name of files) {
    if (!/\.npz$/i.test(name)) continue;
    const file = path.join(folder, name);
    for (const { x, y } of pairs(await arraysOf(file, signal))) {
      findings.push({
        title: `NumPy arrays ${x} and ${y}`,
        files: [file],
        source: { format: 'npz', path: file, x, y },
        split: splitOfName(partsOf(x).rest),
      });
    }
  }
  return findings;
};

async function arraysOf(file: string, signal?: AbortSignal): Promise<ArrayFacts[]> {
  try {
    return await listArrays(file, signal);
  } catch (error) {
    if (error instanceof LetheError && error.code !== 'cancelled') return [];
    throw error;
  }
}

/** Arrays whose names say that they belong together; else the only two that can. */
function pairs(arrays: readonly ArrayFacts[]): { x: string; y: string }[] {
  const labels = new Map<string, ArrayFacts>();
  const named = arrays.map((array) => ({ array, ...partsOf(array.name) }));
  for (const { array, kind, rest } of named) if (kind === 'labels') labels.set(rest, array);
  const found = named.flatMap(({ array, kind, rest }) => {
    const partner = kind === 'samples' ? labels.get(rest) : undefined;
    return partner && belongTogether(array, partner) ? [{ x: array.name, y: partner.name }] : [];
  });
  if (found.length > 0 || arrays.length !== 2) return found;
  const [x, y] = [...arrays].sort((a, b) => b.dims.length - a.dims.length);
  return belongTogether(x, y) ? [{ x: x.name, y: y.name }] : [];
}

/** `x_train` is the samples of `train`. */
function partsOf(name: string): { kind: 'samples' | 'labels' | null; rest: string } {
  const parts = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const kind = parts.some((part) => SAMPLES.test(part))
    ? 'samples'
    : parts.some((part) => LABELS.test(part))
      ? 'labels'
      : null;
  return { kind, rest: parts.filter((part) => !SAMPLES.test(part) && !LABELS.test(part)).join(' ') };
}

/** Labels are one number a sample, or one row of them. */
function belongTogether(x: ArrayFacts, y: ArrayFacts): boolean {
  return x.dims.length >= 2 && (y.dims.length === 1 || y.dims.length === 2) && x.dims[0] === y.dims[0];
}
