import { eventText, type HostEvent } from './events.js';

/** Prints what the suite tells, and counts it. */
export class Tally {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };
  #ended = false;
  #error: string | null = null;

  add(event: HostEvent): void {
    const text = eventText(event);
    if (text) console.log(text);
    if (event.kind === 'test') this.#counts[event.state]++;
    if (event.kind === 'end') {
      this.#ended = true;
      this.#error = event.error;
    }
  }

  get failed(): number {
    return this.#counts.failed;
  }

  /** Whether it ran to its end without a failure; a suite that found no test has tested nothing. */
  get isGood(): boolean {
    return this.#ended && this.#error === null && this.#counts.failed === 0 && this.#counts.passed > 0;
  }

  toString(): string {
    const { passed, failed, skipped } = this.#counts;
    return `${passed} passed, ${failed} failed, ${skipped} skipped`;
  }
}
