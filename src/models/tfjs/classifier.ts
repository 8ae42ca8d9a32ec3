import type * as tfc from '@tensorflow/tfjs-core';
import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { FormatName } from '../../contract/formats.js';
import type { Matrix } from '../../linalg/matrix.js';
import { elementCount, type Tensor } from '../../linalg/tensor.js';
import type { WeightEdits } from '../../linalg/weightEdits.js';
import type {
  ActivationPoint,
  Classifier,
  ForwardOptions,
  ForwardResult,
  InputSpec,
  Layer,
  ResumeOptions,
  SavedFiles,
  SaveOptions,
  SkippedLayer,
  Stage,
} from '../classifier.js';
import { mergedEdits } from '../edits.js';
import { refuseNotFinite } from '../notFinite.js';
import type { Backend } from './backend.js';
import { Pace, runInChunks } from './chunks.js';
import type { StoredWeight } from './manifest.js';
import {
  type EditedTensors,
  type Network,
  publicLayer,
  publicSkip,
  runtimeError,
  type StoredLayer,
  sourcesOf,
} from './network.js';
import { saveModel } from './save.js';
import { asStored, type EditedWeight, readValues } from './tensors.js';
import { gather, scatter } from './view.js';

/** One loaded network under all candidates made of it; it goes when the last of them is disposed of. */
interface Shared {
  readonly backend: Backend;
  readonly network: Network;
  /** Of passes from some values to others: the whole network and a part of it take very different times. */
  readonly paces: Map<string, Pace>;
  users: number;
}

/** A classifier on TensorFlow.js. Candidates share the network and every tensor they do not replace. */
export class TfjsClassifier implements Classifier {
  readonly format: FormatName;
  readonly path: string;
  readonly files: readonly string[];
  readonly input: InputSpec;
  readonly classCount: number;
  readonly layers: readonly Layer[];
  readonly skipped: readonly SkippedLayer[];
  readonly activations: readonly ActivationPoint[];
  readonly stages: readonly Stage[];
  readonly #shared: Shared;
  readonly #edits: WeightEdits;
  readonly #tensors: EditedTensors;
  #disposed = false;

  private constructor(format: FormatName, shared: Shared, edits: WeightEdits, tensors: EditedTensors) {
    const { network } = shared;
    this.format = format;
    this.path = network.files.json.path;
    this.files = sourcesOf(network.files).map((source) => source.path);
    this.input = network.input;
    this.classCount = network.classCount;
    this.layers = network.layers.map(publicLayer);
    this.skipped = network.skipped.map(publicSkip);
    this.activations = network.activations;
    this.stages = network.stages;
    this.#shared = shared;
    this.#edits = edits;
    this.#tensors = tensors;
    shared.users++;
  }

  /** The classifier around a freshly loaded network, which it owns. */
  static of(format: FormatName, backend: Backend, network: Network): TfjsClassifier {
    return new TfjsClassifier(format, { backend, network, paces: new Map(), users: 0 }, new Map(), new Map());
  }

  async forward(batch: Tensor, options: ForwardOptions = {}): Promise<ForwardResult> {
    const { network } = this.#shared;
    this.#refuseMisfit(batch, this.input.dims, 'the model takes');
    const taps = [...new Set(options.taps)];
    const given = new Map([[network.source, batch]]);
    const [logits, ...values] = await this.#run(given, [network.logits, ...taps], options.signal);
    return { logits: this.#asRows(logits), taps: new Map(taps.map((tap, i) => [tap, values[i]])) };
  }

  async forwardFrom(point: string, value: Tensor, options: { signal?: AbortSignal } = {}): Promise<Tensor> {
    const activation = this.activations.find(({ id }) => id === point);
    if (!activation) throw new RangeError(`${this.path} has no activation "${point}"`);
    this.#refuseMisfit(value, [null, ...activation.dims], `the activation "${point}" has`);
    const { logits } = await this.resume(new Map([[point, value]]), { logits: true, signal: options.signal });
    return logits!;
  }

  async resume(from: ReadonlyMap<string, Tensor>, { values = [], logits = false, signal }: ResumeOptions) {
    this.#refuseDisposed();
    const wanted = logits ? [...values, this.#shared.network.logits] : values;
    const found = await this.#run(from, wanted, signal);
    return {
      values: new Map(values.map((value, i) => [value, found[i]])),
      logits: logits ? this.#asRows(found[values.length]) : null,
    };
  }

  async readWeight(id: string): Promise<Matrix> {
    const edited = this.#edits.get(id);
    if (edited) return edited.weight;
    const { weight, view } = this.#layer(id);
    return gather(await this.#read(weight), view);
  }

  async readBias(id: string): Promise<Float32Array | null> {
    const edited = this.#edits.get(id)?.bias;
    if (edited) return edited;
    const { bias } = this.#layer(id);
    return bias ? this.#read(bias) : null;
  }

  async withWeights(edits: WeightEdits): Promise<Classifier> {
    this.#refuseDisposed();
    const { backend } = this.#shared;
    const all = mergedEdits(this.layers, this.#edits, edits);
    const tensors = new Map<string, tfc.Tensor>();
    try {
      for (const { weight, values } of this.#editedWeights(all)) {
        await breathe();
        const stored = asStored(weight, values());
        const tensor = backend.run(() => backend.tf.tensor(stored, [...weight.shape], 'float32'));
        tensors.set(weight.name, tensor);
      }
      this.#refuseDisposed();
      return new TfjsClassifier(this.format, this.#shared, all, tensors);
    } catch (error) {
      if (!backend.failed) backend.tf.dispose([...tensors.values()]);
      throw error;
    }
  }

  async save(edits: WeightEdits, target: string, options: SaveOptions = {}): Promise<SavedFiles> {
    const all = mergedEdits(this.layers, this.#edits, edits);
    return saveModel(this.#shared.network.files, this.#editedWeights(all), target, options);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const { backend, network } = this.#shared;
    if (backend.failed) return;
    backend.tf.dispose([...this.#tensors.values()]);
    if (--this.#shared.users === 0) network.dispose();
  }

  #editedWeights(edits: WeightEdits): EditedWeight[] {
    return [...edits].flatMap(([id, edit]): EditedWeight[] => {
      const { weight, view, bias } = this.#layer(id);
      const matrix = { weight, values: () => scatter(edit.weight, view) };
      const vector = edit.bias;
      return bias && vector ? [matrix, { weight: bias, values: () => Float32Array.from(vector) }] : [matrix];
    });
  }

  async #read(weight: StoredWeight): Promise<Float32Array> {
    const values = await readValues(weight);
    refuseNotFinite(values, weight.name, this.path);
    return values;
  }

  #layer(id: string): StoredLayer {
    const layer = this.#shared.network.layers.find((candidate) => candidate.id === id);
    if (!layer) throw new RangeError(`${this.path} has no layer "${id}"`);
    return layer;
  }

  async #run(given: ReadonlyMap<string, Tensor>, wanted: readonly string[], signal?: AbortSignal): Promise<Tensor[]> {
    const { backend, network, paces } = this.#shared;
    const { tf } = backend;
    const names = [...given.keys()];
    const way = JSON.stringify([names, wanted]);
    const pace = paces.get(way) ?? new Pace();
    paces.set(way, pace);
    const tensorOf = ({ data, dims }: Tensor, name: string) => {
      const type = name === network.source ? network.inputType : 'float32';
      return tf.tensor(type === 'int32' ? Int32Array.from(data) : data, [...dims], type);
    };
    const runChunk = (chunk: Tensor[]): Tensor[] => {
      this.#refuseDisposed();
      let outputs: Tensor[] = [];
      try {
        // Nothing is returned from tidy: it would look for tensors in every element of the arrays.
        backend.run(() =>
          tf.tidy(() => {
            const inputs = new Map(names.map((name, i) => [name, tensorOf(chunk[i], name)]));
            outputs = network.run(inputs, wanted, this.#tensors).map(plainTensor);
          }),
        );
      } catch (error) {
        throw runtimeError(error, this.path);
      }
      return outputs.map((output, i) =>
        network.blocked?.has(wanted[i]) ? batchFirst(output, chunk[0].dims[0]) : output,
      );
    };
    return runInChunks([...given.values()], runChunk, { pace, fixed: network.batch, signal });
  }

  /** n x classes, whatever axes of size 1 a fully convolutional network leaves between. */
  #asRows(logits: Tensor): Tensor {
    return { dims: [logits.data.length / this.classCount, this.classCount], data: logits.data };
  }

  #refuseMisfit({ dims, data }: Tensor, expected: readonly (number | null)[], what: string): void {
    this.#refuseDisposed();
    const fits =
      dims.length === expected.length && expected.every((dim, i) => i === 0 || dim === null || dim === dims[i]);
    if (fits && data.length === elementCount(dims)) return;
    const shown = (sizes: readonly (number | null)[]) =>
      sizes
        .slice(1)
        .map((size) => size ?? 'any')
        .join(' x ');
    throw new LetheError('image-size', {
      message: `${what} ${shown(expected)}, but got ${shown(dims)}`,
      file: this.path,
      hint: 'Set "input" in lethe.json to the size and layout the model was trained with.',
    });
  }

  #refuseDisposed(): void {
    if (this.#disposed) throw new RangeError('this classifier has been disposed of');
  }
}

function plainTensor(tensor: tfc.Tensor): Tensor {
  const data = tensor.dataSync();
  return { dims: tensor.shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** From rows ordered (block, sample) to rows ordered (sample, block), so that chunks can follow each other. */
function batchFirst({ dims, data }: Tensor, samples: number): Tensor {
  const blocks = dims[0] / samples;
  const row = data.length / dims[0];
  const sorted = new Float32Array(data.length);
  for (let block = 0; block < blocks; block++) {
    for (let sample = 0; sample < samples; sample++) {
      const from = (block * samples + sample) * row;
      sorted.set(data.subarray(from, from + row), (sample * blocks + block) * row);
    }
  }
  return { dims, data: sorted };
}
