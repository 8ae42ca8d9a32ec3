import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { Classifier, Layer } from '../../models/classifier.js';
import { positionCount } from '../../models/unfold.js';
import type { ActivationStream, Side, VectorBatch } from '../../unlearn/stream.js';
import { batchSize, type Probe } from '../open/probe.js';
import { inBatches, type SampleSet } from '../open/samples.js';
import { LayerRows } from './rows.js';

export interface ActivationOptions extends Work {
  /** At most so many input vectors a layer and side, spread evenly over the samples. */
  readonly maxPatches: number;
  readonly seed: number;
  /** Samples in a forward pass; default as many as have room with the layers that are asked for. */
  readonly step?: number;
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
    return this.#rows(side, this.#layers.get(problem)!).count;
  }

  async *vectors(side: Side, problems: readonly string[], signal?: AbortSignal): AsyncGenerator<VectorBatch> {
    const samples = this.#samples[side];
    const layers = problems.map((problem) => this.#layers.get(problem)!);
    const taps = [...new Set(layers.flatMap((layer) => layer.sites.map((site) => site.tap)))];
    const rows = layers.map((layer) => this.#rows(side, layer));
    const step = this.#options.step ?? batchSize(this.#costs, layers);
    let done = 0;
    let began = performance.now();
    for await (const { tensor, labels } of inBatches(samples, step, signal)) {
      await breathe(signal);
      const { taps: values } = await this.#classifier.forward(tensor, { taps, signal });
      this.seconds += (performance.now() - began) / 1000;
      done += labels.length;
      this.#options.onProgress?.({ phase: 'spaces', done, total: samples.indices.length, detail: `${side} samples` });
      for (const [index, layer] of layers.entries()) {
        const vectors = rows[index].take(values, labels.length) ?? this.#refuse(layer, values, labels.length);
        if (vectors.rows > 0) yield { problem: layer.id, vectors };
      }
      began = performance.now();
    }
  }

  #rows(side: Side, layer: Layer): LayerRows {
    return LayerRows.of(layer, side, this.#samples[side].indices.length, this.#costs, this.#options);
  }

  #refuse(layer: Layer, taps: ReadonlyMap<string, Tensor>, samples: number): never {
    const { tap } = layer.sites.find((site, at) => {
      const perSample = this.#costs.positions.get(layer.id)![at];
      return positionCount(site.geometry, taps.get(site.tap)!.dims) !== samples * perSample;
    })!;
    throw new LetheError('model-unsupported', {
      message: `the input of the layer has dims [${taps.get(tap)!.dims.join(', ')}] for ${samples} samples, which does not grow with the batch`,
      file: this.#classifier.path,
      place: `layer "${layer.name}"`,
      hint: 'Leave the layer out of those to edit (--layers).',
    });
  }
}
