/** The use of something that others may use too. Give it back once. */
export interface Lease<T> {
  readonly value: T;
  release(): Promise<void>;
}

interface Entry<T> {
  readonly key: string;
  readonly value: T;
  users: number;
  /** Disposed of as soon as nobody uses it. */
  dropped: boolean;
}

/** Room for one thing that is costly to make, under a key. Whatever takes its place, nothing is disposed of while it is in use. */
export class Slot<T> {
  readonly #dispose: (value: T) => Promise<void>;
  #entry: Entry<T> | undefined;
  /** Makes one thing at a time, so that there are never two of them. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(dispose: (value: T) => Promise<void>) {
    this.#dispose = dispose;
  }

  /** Whether something lies here under this key. */
  has(key: string): boolean {
    return this.#entry?.key === key;
  }

  /** Whether somebody uses what lies here. */
  get isUsed(): boolean {
    return (this.#entry?.users ?? 0) > 0;
  }

  /** What lies here under this key, made if it is not there: what lay here before goes first. @throws what `make` throws. */
  lease(key: string, make: () => Promise<T>): Promise<Lease<T>> {
    const turn = this.#turn.then(async () => {
      if (this.#entry?.key !== key) {
        await this.drop();
        this.#entry = { key, value: await make(), users: 0, dropped: false };
      }
      return this.#use(this.#entry);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Lets go of what lies here. */
  async drop(): Promise<void> {
    const entry = this.#entry;
    this.#entry = undefined;
    if (!entry) return;
    entry.dropped = true;
    if (entry.users === 0) await this.#dispose(entry.value);
  }

  #use(entry: Entry<T>): Lease<T> {
    entry.users++;
    let isGivenBack = false;
    const release = async () => {
      if (isGivenBack) return;
      isGivenBack = true;
      if (--entry.users === 0 && entry.dropped) await this.#dispose(entry.value);
    };
    return { value: entry.value, release };
  }
}
