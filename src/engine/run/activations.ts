import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { Random } from '../../base/random.js';
import type { Work } from '../../contract/progress.js';
import { type Matrix, matrix } from '../../linalg/matrix.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { Classifier, Layer } from '../../models/classifier.js';
import { inputVectors, positionCount } from '../../models/unfold.js';
import type { ActivationStream, Side, VectorBatch } from '../../unlearn/stream.js';
import { batchSize, type Probe } from '../open/probe.js';
import { inBatches, type SampleSet } from '../open/samples.js';

export interface ActivationOptions extends Work {
  /** At most so many input vectors a layer and side, spread evenly over the samples. */
  readonly maxPatches: number;
  readonly seed: number;
}

/** The input vectors of a classifier's layers on samples to retain and samples to forget. */
export class Activations implements ActivationStream {
  /** Seconds spent in forward passes so far, reading the samples included. */
  seconds = 0;
  readonly #classifier: Classifier;
  readonly #samples: Readonly<Record<Side, SampleSet>>;
  readonly #costs: Probe;
  readonly #options: ActivationOptions;
  readonly #layers: ReadonlyMap<string, Layer>;

  constructor(
    classifier: Classifier,
    samples: Readonly<Record<Side, SampleSet>>,
    costs: Probe,
    options: ActivationOptions,
  ) {
    this.#classifier = classifier;
    this.#samples = samples;
    this.#costs = costs;
    this.#options = options;
    this.#layers = new Map(classifier.layers.map((layer) => [layer.id, layer]));
  }

  count(side: Side, problem: string): number {
    return Math.min(this.#options.maxPatches, this.#samples[side].indices.length * this.#positionsOf(problem));
  }

  async *vectors(side: Side, problems: readonly string[], signal?: AbortSignal): AsyncGenerator<VectorBatch> {
    const samples = this.#samples[side];
    const layers = problems.map((problem) => this.#layers.get(problem)!);
    const taps = [...new Set(layers.flatMap((layer) => layer.sites.map((site) => site.tap)))];
    const draws = layers.map((layer) => this.#draw(side, layer));
    const step = batchSize(this.#costs, layers);
    let done = 0;
    let began = performance.now();
    for await (const { tensor, labels } of inBatches(samples, step, signal)) {
      await breathe(signal);
      const { taps: values } = await this.#classifier.forward(tensor, { taps, signal });
      this.seconds += (performance.now() - began) / 1000;
      done += labels.length;
      this.#options.onProgress?.({ phase: 'spaces', done, total: samples.indices.length, detail: `${side} samples` });
      for (const [index, layer] of layers.entries()) {
        const vectors = this.#gather(layer, values, labels.length, draws[index]);
        if (vectors.rows > 0) yield { problem: layer.id, vectors };
      }
      began = performance.now();
    }
  }

  #positionsOf(problem: string): number {
    return this.#costs.positions.get(problem)!.reduce((sum, count) => sum + count, 0);
  }

  /** Draws the positions of one sample after the other; the sequence depends on seed, side and layer alone. */
  #draw(side: Side, layer: Layer): () => number[] {
    const random = new Random(hash(`${this.#options.seed}/${side}/${layer.id}`));
    const positions = this.#positionsOf(layer.id);
    const share = this.count(side, layer.id) / this.#samples[side].indices.length;
    let sample = 0;
    return () => {
      // Rounded up as the samples go by, so that the shares add up to the count exactly.
      const count = Math.round((sample + 1) * share) - Math.round(sample * share);
      sample++;
      return choose(random, positions, count);
    };
  }

  #gather(layer: Layer, taps: ReadonlyMap<string, Tensor>, samples: number, draw: () => number[]): Matrix {
    const perSite = this.#costs.positions.get(layer.id)!;
    const wanted: number[][] = layer.sites.map(() => []);
    for (let sample = 0; sample < samples; sample++) {
      for (let position of draw()) {
        let site = 0;
        while (position >= perSite[site]) position -= perSite[site++];
        wanted[site].push(sample * perSite[site] + position);
      }
    }
    const parts = layer.sites.map((site, at) => {
      const tap = taps.get(site.tap)!;
      if (positionCount(site.geometry, tap.dims) !== samples * perSite[at]) throw this.#misfit(layer, tap, samples);
      return inputVectors(layer, site.geometry, tap, wanted[at]);
    });
    return parts.length === 1 ? parts[0] : stack(parts);
  }

  #misfit(layer: Layer, tap: Tensor, samples: number): LetheError {
    return new LetheError('model-unsupported', {
      message: `the input of the layer has dims [${tap.dims.join(', ')}] for ${samples} samples, which does not grow with the batch`,
      file: this.#classifier.path,
      place: `layer "${layer.name}"`,
      hint: 'Leave the layer out of those to edit (--layers).',
    });
  }
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

function stack(parts: readonly Matrix[]): Matrix {
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

/** FNV-1a, so that every layer draws positions of its own. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value | 0;
}
