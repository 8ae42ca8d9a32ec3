import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded source of random numbers: equal seeds give equal sequences on every machine. */
export class Random {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return uniformInt(this.#generator, 0, limit - 1);
  }

  /** A number in [0, 1). */
  unit(): number {
    return uniformFloat64(this.#generator);
  }

  /** A standard normal number (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** `count` distinct whole numbers in [0, limit), in random order (partial Fisher-Yates). */
  sample(limit: number, count: number): number[] {
    const pool = Array.from({ length: limit }, (_, index) => index);
    const taken = Math.min(count, limit);
    for (let i = 0; i < taken; i++) {
      const j = i + this.below(limit - i);
      [pool[i], pool[j]] = [pool[j], pool[i]];
    }
    return pool.slice(0, taken);
  }
}
