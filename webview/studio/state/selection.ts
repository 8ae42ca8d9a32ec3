import type { StudioSnapshot } from '../../../src/contract/studio.js';

/** Milliseconds after which the host's word counts again, if it never agreed. */
const PATIENCE = 2000;

/**
 * The ticked classes. They are the host's; but between a click and the host's answer the click counts, so that the next one
 * starts from what the user sees.
 */
export class Selection {
  readonly #send: (selected: readonly number[]) => void;
  readonly #changed: () => void;
  #asked: readonly number[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (selected: readonly number[]) => void, changed: () => void) {
    this.#send = send;
    this.#changed = changed;
  }

  of(snapshot: StudioSnapshot): readonly number[] {
    if (this.#asked && String(this.#asked) === String(snapshot.selected)) this.#forget();
    return this.#asked ?? snapshot.selected;
  }

  ask(selected: Iterable<number>): void {
    this.#forget();
    this.#asked = [...new Set(selected)].sort((a, b) => a - b);
    this.#timer = setTimeout(() => {
      this.#forget();
      this.#changed();
    }, PATIENCE);
    this.#send(this.#asked);
    this.#changed();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#asked = undefined;
  }
}
