import { LetheError } from '../../base/errors.js';
import { suggestion } from '../../base/nearest.js';
import type { Location } from '../dataset.js';
import { Int32List } from './int32List.js';

/** More different names than this are no classes but, say, a column of measurements. */
const MOST_NAMES = 65_536;

/**
 * Collects labels that are written as text: class names, or output indices. Where the classes are known a name must be one of
 * them; else the names found are the classes, in the order of their characters.
 */
export class ClassLabels {
  readonly #classes: readonly string[] | undefined;
  readonly #known: Map<string, number>;
  readonly #values = new Int32List();

  constructor(classes?: readonly string[]) {
    this.#classes = classes;
    this.#known = new Map(classes?.map((name, index) => [name, index]));
  }

  /** @throws LetheError `label-outside` for a name that is no class, `data-corrupt` for far too many names. */
  add(label: string, where: Location): void {
    this.#values.push(this.#known.get(label) ?? this.#learn(label, where));
  }

  #learn(label: string, where: Location): number {
    let value: number;
    if (this.#classes) {
      value = classIndex(label, this.#classes, where);
    } else {
      value = this.#known.size;
      if (value === MOST_NAMES) {
        throw new LetheError('data-corrupt', {
          message: `there are more than ${MOST_NAMES} different labels, which can hardly be classes`,
          hint: 'Check which column holds the labels.',
          ...where,
        });
      }
    }
    this.#known.set(label, value);
    return value;
  }

  /** The labels as indices, and the classes where their names were found in the data. */
  finish(): { labels: Int32Array; classes?: readonly string[] } {
    const labels = this.#values.toArray();
    if (this.#classes) return { labels };
    const found = [...this.#known.keys()];
    const areIndices = found.every(isIndex);
    const classes = areIndices ? undefined : [...found].sort(byCharacters);
    const position = new Map(classes?.map((name, index) => [name, index]));
    const meaning = Int32Array.from(found, (name) => (areIndices ? Number(name) : position.get(name)!));
    for (let i = 0; i < labels.length; i++) labels[i] = meaning[labels[i]];
    return { labels, classes };
  }
}

/** Order by code units: the same on every machine, unlike the order of its language. */
export function byCharacters(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isIndex(label: string): boolean {
  return /^-?\d{1,9}(\.0*)?$/.test(label);
}

/** The index of a class that is named, or stated as an index. @throws LetheError `label-outside` with the nearest names. */
export function classIndex(label: string, classes: readonly string[], where: Location): number {
  const index = classes.indexOf(label);
  if (index >= 0) return index;
  if (isIndex(label)) return Number(label);
  throw new LetheError('label-outside', {
    message: `${JSON.stringify(label)} is none of the ${classes.length} classes`,
    hint: suggestion(label, classes),
    ...where,
  });
}
