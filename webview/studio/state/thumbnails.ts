import type { StudioSnapshot } from '../../../src/contract/studio.js';
import type { Picture } from '../../../src/contract/terms.js';
import { configOf, hasData, type Studio } from './studio.js';

interface Question {
  readonly classes: readonly number[];
}

/** Small pictures of the classes' samples. They are asked for when somebody looks at them, and kept. */
export class Thumbnails {
  /** The model and data that they are about. */
  #about = '';
  readonly #pictures = new Map<number, readonly Picture[]>();
  readonly #pending = new Set<Question>();
  #hasAny = false;

  /** Takes the answers that have come; forgets all if they are about another model or other data. */
  update(studio: Studio): void {
    const about = aboutOf(studio.snapshot);
    if (about !== this.#about) {
      this.#about = about;
      this.#pictures.clear();
      this.#pending.clear();
      this.#hasAny = false;
    }
    for (const question of this.#pending) this.#receive(studio, question);
  }

  /** Asks for those of these classes that are not known. */
  want(studio: Studio, classes: readonly number[]): void {
    if (!hasData(studio.snapshot)) return;
    const asked = new Set([...this.#pending].flatMap((question) => question.classes));
    const missing = classes.filter((index) => !this.#pictures.has(index) && !asked.has(index));
    if (missing.length === 0) return;
    const question = { classes: missing };
    this.#pending.add(question);
    this.#receive(studio, question);
  }

  /** Pictures of a class: none as long as none have come. */
  of(index: number): readonly Picture[] {
    return this.#pictures.get(index) ?? [];
  }

  /** Whether the list should have a place for pictures: it has before they come, where samples must be images. */
  isShown({ snapshot }: Studio): boolean {
    if (!hasData(snapshot)) return false;
    if (this.#hasAny) return true;
    const { layout } = snapshot.facts?.input ?? {};
    return this.#pictures.size === 0 && (layout === 'nchw' || layout === 'nhwc');
  }

  #receive(studio: Studio, question: Question): void {
    const { value, error, isPending } = studio.ask('thumbnails', question);
    if (isPending) return;
    this.#pending.delete(question);
    // What failed is asked for again when its rows come into view again.
    if (error) studio.retry('thumbnails', question);
    for (const { class: index, pictures } of value?.classes ?? []) {
      this.#pictures.set(index, pictures);
      this.#hasAny ||= pictures.length > 0;
    }
  }
}

function aboutOf(snapshot: StudioSnapshot): string {
  const { facts, trusted } = snapshot;
  return JSON.stringify([trusted, configOf(snapshot), facts?.files]);
}
