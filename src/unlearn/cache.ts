interface Entry {
  readonly value: Promise<unknown>;
  bytes: number;
}

/** Values that can be made again, kept while there is room for them: the least recently used goes first. */
export class ByteCache {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();
  #used = 0;

  /** @param limit bytes. A value larger than that is made anew each time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value of this key, made if it is not there. Callers that ask while it is being made share it. */
  async get<T>(key: string, make: () => Promise<T>, bytesOf: (value: T) => number): Promise<T> {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value as Promise<T>;
    }
    const making = make();
    const entry: Entry = { value: making, bytes: 0 };
    this.#entries.set(key, entry);
    try {
      const value = await making;
      this.#account(key, entry, bytesOf(value));
      return value;
    } catch (error) {
      this.#entries.delete(key);
      throw error;
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#used = 0;
  }

  #account(key: string, entry: Entry, bytes: number): void {
    // It may be gone already: pushed out while it was being made.
    if (this.#entries.get(key) !== entry) return;
    if (bytes > this.#limit) {
      this.#entries.delete(key);
      return;
    }
    entry.bytes = bytes;
    this.#used += bytes;
    for (const [oldest, { bytes: freed }] of this.#entries) {
      if (this.#used <= this.#limit) return;
      this.#entries.delete(oldest);
      this.#used -= freed;
    }
  }
}
