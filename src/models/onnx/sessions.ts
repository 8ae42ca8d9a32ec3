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
  #part?: { readonly key: string; readonly session: Session };
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runnable: Runnable,
    private readonly source: TensorSource,
  ) {}

  /**
   * Computes values of the graph from others: from the model's input, or from values that cut the graph in two.
   * @param inputs any number of samples, the same of each
   * @param outputs the logits, tapped values, activations
   */
  run(
    inputs: ReadonlyMap<string, Tensor>,
    outputs: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Tensor>> {
    const { model, values, batch } = this.runnable;
    return this.#inTurn(async () => {
      const isWhole = inputs.size === 1 && inputs.has(model.input.name) && outputs.includes(this.runnable.logits.value);
      const session = isWhole ? await this.#whole(outputs) : await this.#between([...inputs.keys()], outputs);
      const names = new Map(outputs.map((name) => [name, fetchName(values.get(name))]));
      const fetched = [...new Set(names.values())];
      const fed = new Map([...inputs].map(([name, samples]) => [feedName(values.get(name)), samples]));
      const results = await runInChunks(session, fed, fetched, batch, signal);
      return new Map([...names].map(([name, fetchedAs]) => [name, results.get(fetchedAs)!]));
    });
  }

  release(): Promise<void> {
    return this.#inTurn(async () => {
      const sessions = [this.#main?.session, this.#part?.session];
      this.#main = undefined;
      this.#part = undefined;
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
    this.#main = { session: await this.#create([model.input.name], [...all]), outputs: all };
    return this.#main.session;
  }

  async #between(inputs: readonly string[], outputs: readonly string[]): Promise<Session> {
    const key = JSON.stringify([inputs, outputs]);
    if (this.#part?.key === key) return this.#part.session;
    await this.#part?.session.release();
    this.#part = undefined;
    const session = await this.#create(inputs, outputs);
    this.#part = { key, session };
    return session;
  }

  async #create(inputs: readonly string[], outputs: readonly string[]): Promise<Session> {
    const { model, values, threads } = this.runnable;
    // A value that is fed need not come out again.
    const fetched = outputs.filter((name) => !inputs.includes(name));
    const [given, wanted] = [inputs, fetched].map((names) => names.map((name) => values.get(name)));
    const part = await buildPart(model.graph, model.table, { inputs: given, outputs: wanted }, this.source);
    return Session.create(model.path, part, threads);
  }
}
