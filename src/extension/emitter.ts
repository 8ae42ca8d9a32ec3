/** What can be given back: of the shape of `vscode.Disposable`. */
export interface Disposable {
  dispose(): void;
}

/** What can be listened to: `vscode.Event`, for code that runs without an editor. */
export type Event<T> = (listener: (value: T) => unknown) => Disposable;

/** `vscode.EventEmitter`, for code that runs without an editor. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Map<symbol, (value: T) => unknown>();

  readonly event: Event<T> = (listener) => {
    const key = Symbol('listener');
    this.#listeners.set(key, listener);
    return { dispose: () => void this.#listeners.delete(key) };
  };

  /** Tells all listeners at once. One that throws keeps it neither from the others nor from whoever fires: it is a defect of its own. */
  fire(value: T): void {
    for (const [key, listener] of [...this.#listeners]) {
      // It may be gone since, by what another one did.
      if (!this.#listeners.has(key)) continue;
      try {
        listener(value);
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
