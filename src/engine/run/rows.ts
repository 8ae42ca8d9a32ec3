import { Random } from '../../base/random.js';
import { type Matrix, matrix } from '../../linalg/matrix.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { Layer, TapId } from '../../models/classifier.js';
import { inputVectors, positionCount } from '../../models/unfold.js';
import type { Side } from '../../unlearn/stream.js';
import type { Probe } from '../open/probe.js';

/** The input vectors of one layer that stand for some samples: of each sample, as it comes by, equally many. */
export class LayerRows {
  /** How many there will be of all samples. */
  readonly count: number;
  readonly #layer: Layer;
  readonly #perSite: readonly number[];
  readonly #positions: number;
  readonly #share: number;
  readonly #read: readonly number[];
  readonly #others: readonly number[];
  readonly #random: Random;
  #sample = 0;

  /** The rows that a run takes of a layer: for the same side and samples always the same ones. */
  static of(
    layer: Layer,
    side: Side,
    samples: number,
    { positions, readTokens }: Pick<Probe, 'positions' | 'readTokens'>,
    { seed, maxPatches }: { readonly seed: number; readonly maxPatches: number },
  ): LayerRows {
    const perSite = positions.get(layer.id)!;
    let first = 0;
    const read = perSite.flatMap((count) => {
      const tokens = readTokens?.of === count ? readTokens.tokens.map((token) => first + token) : [];
      first += count;
      return tokens;
    });
    return new LayerRows(layer, perSite, samples, { most: maxPatches, read, seed: `${seed}/${side}/${layer.id}` });
  }

  /**
   * @param perSite positions of one sample at each of the layer's sites
   * @param samples how many will come
   * @param options most vectors of all samples together; the positions of a sample that the end of the network reads, if those are
   *   only some; a seed: the same one takes the same vectors
   */
  constructor(
    layer: Layer,
    perSite: readonly number[],
    samples: number,
    { most, read, seed }: { readonly most: number; readonly read: readonly number[]; readonly seed: string },
  ) {
    this.#layer = layer;
    this.#perSite = perSite;
    this.#positions = perSite.reduce((sum, count) => sum + count, 0);
    this.count = Math.min(most, samples * this.#positions);
    this.#share = this.count / samples;
    this.#read = read;
    this.#others = Array.from({ length: this.#positions }, (_, at) => at).filter((at) => !read.includes(at));
    this.#random = new Random(hash(seed));
  }

  /**
   * The vectors of the next samples.
   * @returns null if a tap does not hold equally many positions of each sample.
   */
  take(taps: ReadonlyMap<TapId, Tensor>, samples: number): Matrix | null {
    const wanted: number[][] = this.#layer.sites.map(() => []);
    for (let sample = 0; sample < samples; sample++) {
      for (let position of this.#draw()) {
        let site = 0;
        while (position >= this.#perSite[site]) position -= this.#perSite[site++];
        wanted[site].push(sample * this.#perSite[site] + position);
      }
    }
    const parts: Matrix[] = [];
    for (const [at, { tap, geometry }] of this.#layer.sites.entries()) {
      const value = taps.get(tap)!;
      if (positionCount(geometry, value.dims) !== samples * this.#perSite[at]) return null;
      parts.push(inputVectors(this.#layer, geometry, value, wanted[at]));
    }
    return stacked(parts);
  }

  #draw(): number[] {
    // Rounded as the samples go by, so that the shares add up to the count exactly.
    const count = Math.round((this.#sample + 1) * this.#share) - Math.round(this.#sample * this.#share);
    const isOdd = this.#sample++ % 2;
    // What the end reads is what matters, and one of many tokens would hardly ever be drawn. The others take at least every second.
    const enough = Math.max((count + isOdd) >> 1, count - this.#others.length);
    const read = choose(this.#random, this.#read.length, Math.min(this.#read.length, enough));
    const others = choose(this.#random, this.#others.length, count - read.length);
    return [...read.map((at) => this.#read[at]), ...others.map((at) => this.#others[at])].sort((a, b) => a - b);
  }
}

/** Matrices of equally many columns, one below the other. */
export function stacked(parts: readonly Matrix[]): Matrix {
  if (parts.length === 1) return parts[0];
  const { cols } = parts[0];
  const whole = matrix(
    parts.reduce((sum, part) => sum + part.rows, 0),
    cols,
  );
  let row = 0;
  for (const part of parts) {
    whole.data.set(part.data, row * cols);
    row += part.rows;
  }
  return whole;
}

/** `count` distinct whole numbers below `limit`, ascending (Floyd's sampling: no pool of all positions). */
function choose(random: Random, limit: number, count: number): number[] {
  if (count >= limit) return Array.from({ length: limit }, (_, index) => index);
  const chosen = new Set<number>();
  for (let top = limit - count; top < limit; top++) {
    const pick = random.below(top + 1);
    chosen.add(chosen.has(pick) ? top : pick);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** FNV-1a, so that every layer draws positions of its own. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value | 0;
}
