import type { Tensor } from '../../linalg/tensor.js';
import { buildPart, feedName, fetchName, type TensorSource } from './build.js';
import type { OnnxModel } from './model.js';
import type { Logits } from './outputs.js';
import { type BatchSize, runInChunks } from './runs.js';
import { Session } from './session.js';
import type { Values } from './values.js';

/** What the sessions of a model and of all its candidates have in common. */
export interface Runnable {
  readonly model: OnnxModel;
  readonly values: Values;
  readonly logits: Logits;
  readonly batch: BatchSize;
  readonly threads: number;
}

/**
 * The sessions of one classifier, made when they are needed. At most one of the whole network is held (with the values as
 * further outputs that somebody has asked for: that leaves the logits as they are) and one of a part.
 */
export class Sessions {
  #main?: { readonly session: Session; readonly outputs: ReadonlySet<string> };
  #head?: { readonly from: string; readonly session: Session };
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runnable: Runnable,
    private readonly source: TensorSource,
  ) {}

  /**
   * Computes values of the graph from one of its values: the model's input, or any that cuts the graph in two.
   * @param outputs the logits and, from the input only, tapped values and activations
   * @param samples any number of them
   */
  run(
    input: string,
    samples: Tensor,
    outputs: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Tensor>> {
    const { model, values, batch } = this.runnable;
    return this.#inTurn(async () => {
      const session = input === model.input.name ? await this.#whole(outputs) : await this.#part(input);
      const names = new Map(outputs.map((name) => [name, fetchName(values.get(name))]));
      const fetched = [...new Set(names.values())];
      const results = await runInChunks(session, feedName(values.get(input)), samples, fetched, batch, signal);
      return new Map([...names].map(([name, fetchedAs]) => [name, results.get(fetchedAs)!]));
    });
  }

  release(): Promise<void> {
    return this.#inTurn(async () => {
      const sessions = [this.#main?.session, this.#head?.session];
      this.#main = undefined;
      this.#head = undefined;
      for (const session of sessions) await session?.release();
    });
  }

  /** One task after the other: a session must not be released while another call is running it. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #whole(outputs: readonly string[]): Promise<Session> {
    const { model, logits } = this.runnable;
    const held = this.#main?.outputs;
    const missing = outputs.filter((name) => name !== logits.value && !held?.has(name));
    if (this.#main && missing.length === 0) return this.#main.session;
    await this.#main?.session.release();
    this.#main = undefined;
    const taps = new Set(model.layers.flatMap(({ sites }) => sites.map(({ tap }) => tap)));
    // Whoever asks for one layer's tap will ask for the others; activations are asked for one by one.
    const wanted = missing.some((name) => taps.has(name)) ? [...missing, ...taps] : missing;
    const all = new Set([logits.value, ...(held ?? []), ...wanted]);
    this.#main = { session: await this.#create(model.input.name, [...all]), outputs: all };
    return this.#main.session;
  }

  async #part(from: string): Promise<Session> {
    if (this.#head?.from === from) return this.#head.session;
    await this.#head?.session.release();
    this.#head = undefined;
    const session = await this.#create(from, [this.runnable.logits.value]);
    this.#head = { from, session };
    return session;
  }

  async #create(input: string, outputs: readonly string[]): Promise<Session> {
    const { model, values, threads } = this.runnable;
    // A value that is fed need not come out again.
    const fetched = outputs.filter((name) => name !== input);
    const part = { inputs: [values.get(input)], outputs: fetched.map((name) => values.get(name)) };
    return Session.create(model.path, await buildPart(model.graph, model.table, part, this.source), threads);
  }
}
