import { isDeepStrictEqual } from 'node:util';
import type { ToStudio } from '../../contract/studio.js';
import type { StudioContent } from './host.js';

/** Milliseconds between two messages at least: progress comes faster than anybody can read. */
const PAUSE = 100;

/** Parts with large arrays, which are other objects whenever they are others: to compare what is in them would take its time. */
const BY_IDENTITY: readonly string[] = ['shown', 'compared'] satisfies readonly (keyof StudioContent)[];

function isSame(part: string, a: unknown, b: unknown): boolean {
  return a === b || (!BY_IDENTITY.includes(part) && isDeepStrictEqual(a, b));
}

/**
 * Keeps one view up to date with few and small messages: a whole snapshot when the view is ready for one, later only the parts
 * that changed, and those of a tenth of a second together.
 */
export class SnapshotFeed {
  readonly #content: () => StudioContent;
  readonly #send: (message: ToStudio) => void;
  #sent: StudioContent | undefined;
  #sequence = 0;
  #pause: NodeJS.Timeout | undefined;
  #isDue = false;

  constructor(content: () => StudioContent, send: (message: ToStudio) => void) {
    this.#content = content;
    this.#send = send;
  }

  /** The view is there and knows nothing. */
  start(): void {
    this.#sent = this.#content();
    this.#sequence++;
    this.#send({ kind: 'snapshot', snapshot: { ...this.#sent, sequence: this.#sequence } });
    this.#rest();
  }

  /** Something may have changed. */
  changed(): void {
    if (!this.#sent) return;
    if (this.#pause) this.#isDue = true;
    else this.#sendChanges();
  }

  /** The view is gone: nothing is sent until it starts again. */
  stop(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#isDue = false;
    this.#sent = undefined;
  }

  #sendChanges(): void {
    const before = this.#sent!;
    const now = this.#content();
    const changed = Object.entries(now).filter(([part, value]) => {
      return !isSame(part, value, before[part as keyof StudioContent]);
    });
    if (changed.length === 0) return;
    this.#sent = { ...before, ...Object.fromEntries(changed) };
    this.#sequence++;
    this.#send({ kind: 'changes', sequence: this.#sequence, changes: Object.fromEntries(changed) });
    this.#rest();
  }

  #rest(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (!this.#isDue) return;
      this.#isDue = false;
      this.#sendChanges();
    }, PAUSE);
  }
}
