/** What can be given back: of the shape of `vscode.Disposable`. */
export interface Disposable {
  dispose(): void;
}

/** What can be listened to: `vscode.Event`, for code that runs without an editor. */
export type Event<T> = (listener: (value: T) => unknown) => Disposable;

/** `vscode.EventEmitter`, for code that runs without an editor. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Map<symbol, (value: T) => unknown>();
  /** Who is still to be told of what. */
  readonly #due: { readonly key: symbol; readonly value: T }[] = [];

  readonly event: Event<T> = (listener) => {
    const key = Symbol('listener');
    this.#listeners.set(key, listener);
    return { dispose: () => void this.#listeners.delete(key) };
  };

  /**
   * Tells all listeners before it returns; each hears of everything in the order in which it happened, also where a listener
   * fires again. One that throws keeps it neither from the others nor from whoever fires: it is a defect of its own.
   */
  fire(value: T): void {
    for (const key of this.#listeners.keys()) this.#due.push({ key, value });
    for (let next = this.#due.shift(); next; next = this.#due.shift()) {
      try {
        // It may be gone since, by what another one did.
        this.#listeners.get(next.key)?.(next.value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Nobody hears of anything any more. */
  dispose(): void {
    this.#listeners.clear();
  }
}
