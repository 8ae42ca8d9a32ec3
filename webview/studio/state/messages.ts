import type { StudioSnapshot, ToStudio } from '../../../src/contract/studio.js';

/** The latest snapshot, put together from whole ones and from changes. Parts that did not change keep their identity. */
export class Inbox {
  #snapshot: StudioSnapshot | undefined;

  get snapshot(): StudioSnapshot | undefined {
    return this.#snapshot;
  }

  /** `old`: came late, and is left out. `gap`: a message was missed, so that a whole snapshot has to be asked for. */
  receive(message: ToStudio & { kind: 'snapshot' | 'changes' }): 'new' | 'old' | 'gap' {
    const known = this.#snapshot;
    if (message.kind === 'snapshot') {
      if (known && message.snapshot.sequence <= known.sequence) return 'old';
      this.#snapshot = message.snapshot;
      return 'new';
    }
    if (!known || message.sequence > known.sequence + 1) return 'gap';
    if (message.sequence <= known.sequence) return 'old';
    this.#snapshot = { ...known, ...message.changes, sequence: message.sequence };
    return 'new';
  }
}
