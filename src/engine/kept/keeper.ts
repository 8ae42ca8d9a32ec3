import { type Lease, Slot } from './slot.js';

/** How long things are kept without use, in milliseconds; 0 in a process that ends after one job. */
let keptFor = 0;

/** Lets this process keep what its next job may need, for so long without use (milliseconds). */
export function keepBetweenJobs(idleMs = 300_000): void {
  keptFor = idleMs;
}

/** All that keep something in this process. */
const keepers: { drop(): Promise<void> }[] = [];

/** Lets go of everything that is kept: after a failure nobody knows what of it still works. */
export async function dropKept(): Promise<void> {
  for (const keeper of keepers) await keeper.drop();
}

/** Something that is kept from one job to the next, as long as this process is allowed to. */
interface Kept {
  /** Whether it is still what would be opened now. */
  isCurrent(): Promise<boolean>;
  dispose(): Promise<void>;
}

/** Keeps the last thing that was opened. */
export class Keeper<T extends Kept> {
  readonly #slot = new Slot<T>((value) => value.dispose());
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    keepers.push(this);
  }

  has(key: string): boolean {
    return this.#slot.has(key);
  }

  /** The one that is kept under this key, if it is current; else one that is opened. @throws what `open` throws. */
  async lease(key: string, open: () => Promise<T>): Promise<Lease<T>> {
    clearTimeout(this.#timer);
    const known = this.#slot.has(key);
    let lease = await this.#slot.lease(key, open);
    if (known && !(await lease.value.isCurrent())) {
      await this.#slot.drop();
      await lease.release();
      lease = await this.#slot.lease(key, open);
    }
    const { value, release } = lease;
    return { value, release: () => release().then(() => this.#rest()) };
  }

  /** Lets go of what is kept: at once, or when it is not used any more. */
  async drop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#slot.drop();
  }

  async #rest(): Promise<void> {
    if (this.#slot.isUsed) return;
    if (keptFor === 0) return this.drop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.drop(), keptFor).unref();
  }
}
