import { LetheError } from '../../base/errors.js';
import type { Matrix } from '../../linalg/matrix.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { LayerId, WeightEdits } from '../../linalg/weightEdits.js';
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
  TapId,
} from '../classifier.js';
import { mergedEdits } from '../edits.js';
import type { TensorSource } from './build.js';
import { type OnnxLayer, publicLayer } from './layers.js';
import { saveModel } from './save.js';
import { type Runnable, Sessions } from './sessions.js';
import { editedSource } from './source.js';
import { readBias, readWeight, type TensorEdit, tensorEdits } from './weights.js';

/** What all candidates of one opened model share. */
export interface Opened extends Runnable {
  readonly classCount: number;
  readonly activations: readonly ActivationPoint[];
  readonly stages: readonly Stage[];
  readonly source: TensorSource;
}

/** A model of an ONNX file, or a candidate: the same with other weights, of which only the edited ones are held. */
export class OnnxClassifier implements Classifier {
  readonly format = 'onnx';
  readonly path: string;
  readonly files: readonly string[];
  readonly input: InputSpec;
  readonly classCount: number;
  readonly layers: readonly Layer[];
  readonly skipped: readonly SkippedLayer[];
  readonly activations: readonly ActivationPoint[];
  readonly stages: readonly Stage[];
  readonly #sessions: Sessions;

  constructor(
    private readonly opened: Opened,
    private readonly edits: WeightEdits = new Map(),
  ) {
    const { model } = opened;
    this.path = model.path;
    this.files = model.table.files.map((file) => file.path);
    this.input = model.input;
    this.classCount = opened.classCount;
    this.layers = model.layers.map(publicLayer);
    this.skipped = model.skipped;
    this.activations = opened.activations;
    this.stages = opened.stages;
    const source = edits.size === 0 ? opened.source : editedSource(opened.source, this.#tensorEdits(edits));
    this.#sessions = new Sessions(opened, source);
  }

  async forward(batch: Tensor, options: ForwardOptions = {}): Promise<ForwardResult> {
    this.#checkDims(batch, this.input.dims, `input "${this.input.name}"`);
    const wanted = options.taps ?? [];
    const known = new Set(this.layers.flatMap(({ sites }) => sites.map(({ tap }) => tap)));
    for (const { id } of this.activations) known.add(id);
    for (const tap of wanted) if (!known.has(tap)) throw new RangeError(`no layer reads a tap "${tap}"`);
    const { logits } = this.opened;
    const computed = wanted.filter((tap) => tap !== this.input.name);
    const fed = new Map([[this.input.name, batch]]);
    const results = await this.#sessions.run(fed, [logits.value, ...computed], options.signal);
    const taps = new Map<TapId, Tensor>();
    for (const tap of wanted) taps.set(tap, tap === this.input.name ? batch : results.get(tap)!);
    return { logits: this.#scores(results, batch.dims[0]), taps };
  }

  async forwardFrom(point: string, value: Tensor, options: { signal?: AbortSignal } = {}): Promise<Tensor> {
    const found = this.activations.find(({ id }) => id === point);
    if (!found) throw new RangeError(`no activation point "${point}"`);
    this.#checkDims(value, [null, ...found.dims], `activation "${found.name}"`);
    const { logits } = await this.resume(new Map([[point, value]]), { logits: true, signal: options.signal });
    return logits!;
  }

  async resume(from: ReadonlyMap<string, Tensor>, { values = [], logits = false, signal }: ResumeOptions) {
    const scores = this.opened.logits.value;
    const computed = values.filter((value) => !from.has(value));
    const wanted = logits ? [...computed, scores] : computed;
    const results = wanted.length > 0 ? await this.#sessions.run(from, wanted, signal) : new Map<string, Tensor>();
    const [{ dims }] = from.values();
    return {
      values: new Map(values.map((value) => [value, from.get(value) ?? results.get(value)!])),
      logits: logits ? this.#scores(results, dims[0]) : null,
    };
  }

  async readWeight(id: LayerId): Promise<Matrix> {
    return this.edits.get(id)?.weight ?? readWeight(this.path, this.#layer(id));
  }

  async readBias(id: LayerId): Promise<Float32Array | null> {
    return this.edits.get(id)?.bias ?? readBias(this.path, this.#layer(id));
  }

  async withWeights(edits: WeightEdits): Promise<Classifier> {
    return new OnnxClassifier(this.opened, mergedEdits(this.layers, this.edits, edits));
  }

  async save(edits: WeightEdits, target: string, options: SaveOptions = {}): Promise<SavedFiles> {
    const all = mergedEdits(this.layers, this.edits, edits);
    return saveModel(this.opened.model, this.#tensorEdits(all), target, options);
  }

  async dispose(): Promise<void> {
    await this.#sessions.release();
  }

  #tensorEdits(edits: WeightEdits): TensorEdit[] {
    return [...edits].flatMap(([id, edit]) => tensorEdits(this.#layer(id), edit));
  }

  #layer(id: LayerId): OnnxLayer {
    const layer = this.opened.model.layers.find((candidate) => candidate.id === id);
    if (!layer) throw new RangeError(`no layer "${id}"`);
    return layer;
  }

  /** The logits as n x classes, whatever axes of size 1 the model has. */
  #scores(results: ReadonlyMap<string, Tensor>, samples: number): Tensor {
    const { data } = results.get(this.opened.logits.value)!;
    if (data.length !== samples * this.classCount) {
      throw new LetheError('model-unsupported', {
        message: `gives ${data.length} scores for ${samples} samples, not ${this.classCount} each`,
        file: this.path,
        hint: 'The batch must be the first axis of the input and the output.',
      });
    }
    return { dims: [samples, this.classCount], data };
  }

  #checkDims(value: Tensor, wanted: readonly (number | null)[], place: string): void {
    const fits =
      value.dims.length === wanted.length &&
      wanted.every((dim, axis) => axis === 0 || dim === null || dim === value.dims[axis]);
    if (fits) return;
    const sample = (dims: readonly (number | null)[]) =>
      dims
        .slice(1)
        .map((dim) => dim ?? '?')
        .join(' x ');
    throw new LetheError('image-size', {
      message: `a sample has dims ${sample(value.dims)}, but the model takes ${sample(wanted)}`,
      file: this.path,
      place,
      hint: 'Set the input size and layout of the samples to what the model takes.',
    });
  }
}
