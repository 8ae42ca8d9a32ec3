import { buildPart, feedName, fetchName, type TensorSource, type TypedValue } from './build.js';
import type { OnnxModel } from './model.js';
import type { Logits } from './outputs.js';
import { Session } from './session.js';
import type { Values } from './values.js';

/**
 * The sessions of one classifier, made when they are needed. At most one of the whole network is held (with the taps as
 * further outputs, once somebody has asked for taps: that leaves the logits as they are) and one of a part.
 */
export class Sessions {
  #main?: { readonly session: Session; readonly withTaps: boolean };
  #head?: { readonly from: string; readonly session: Session };

  constructor(
    private readonly model: OnnxModel,
    private readonly values: Values,
    private readonly logits: Logits,
    private readonly source: TensorSource,
    private readonly threads: number,
  ) {}

  /** The whole network. */
  async main(withTaps: boolean): Promise<Session> {
    if (this.#main && (this.#main.withTaps || !withTaps)) return this.#main.session;
    await this.#main?.session.release();
    this.#main = undefined;
    const taps = withTaps ? this.model.layers.flatMap(({ sites }) => sites.map(({ tap }) => tap)) : [];
    const session = await this.#create(this.model.input.name, [...new Set([this.logits.value, ...taps])]);
    this.#main = { session, withTaps };
    return session;
  }

  /** The network from one of its values on. */
  async head(from: string): Promise<Session> {
    if (this.#head?.from === from) return this.#head.session;
    await this.#head?.session.release();
    this.#head = undefined;
    const session = await this.#create(from, [this.logits.value]);
    this.#head = { from, session };
    return session;
  }

  /** What a value is called where it is fed. */
  feed(value: string): string {
    return feedName(this.values.get(value));
  }

  /** What a value is called where it comes out. */
  fetch(value: string): string {
    return fetchName(this.values.get(value));
  }

  async release(): Promise<void> {
    const sessions = [this.#main?.session, this.#head?.session];
    this.#main = undefined;
    this.#head = undefined;
    for (const session of sessions) await session?.release();
  }

  async #create(input: string, outputs: readonly string[]): Promise<Session> {
    const value = (name: string): TypedValue => this.values.get(name);
    // A value that is fed need not come out again.
    const part = { inputs: [value(input)], outputs: outputs.filter((name) => name !== input).map(value) };
    const built = await buildPart(this.model.graph, this.model.table, part, this.source);
    return Session.create(this.model.path, built, this.threads);
  }
}
