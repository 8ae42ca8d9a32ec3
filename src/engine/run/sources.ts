import type { Work } from '../../contract/progress.js';
import type { RunBasis } from './basis.js';
import type { CandidateSource, Method } from './method.js';
import type { FittedSamples } from './samples.js';

/** What a run's candidates are made from, for one part of the samples at a time: there may be no room for two. */
export class Sources {
  readonly #method: Method;
  readonly #basis: RunBasis;
  #current: { readonly fitted: FittedSamples; readonly source: CandidateSource; readonly isLent: boolean } | undefined;

  /** @param lent what is there already for the samples of the model that is written; it is not disposed of here. */
  constructor(method: Method, basis: RunBasis, lent?: CandidateSource) {
    this.#method = method;
    this.#basis = basis;
    if (lent) this.#current = { fitted: basis.samples.fitted, source: lent, isLent: true };
  }

  /** Disposes of what was asked for before, if it is another one. @throws LetheError as `Method.prepare`. */
  async of(fitted: FittedSamples, work: Work): Promise<CandidateSource> {
    if (this.#current?.fitted !== fitted) {
      await this.dispose();
      const source = await this.#method.prepare(this.#basis, fitted, work);
      this.#current = { fitted, source, isLent: false };
    }
    return this.#current!.source;
  }

  /** The same, for somebody who disposes of it. */
  async take(fitted: FittedSamples, work: Work): Promise<CandidateSource> {
    const source = await this.of(fitted, work);
    this.#current = undefined;
    return source;
  }

  async dispose(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current && !current.isLent) await current.source.dispose();
  }
}
