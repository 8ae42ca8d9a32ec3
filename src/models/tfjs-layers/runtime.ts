import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { LetheError } from '../../base/errors.js';
import type { ActivationPoint } from '../classifier.js';
import type { Tf } from '../tfjs/backend.js';
import type { EditedTensors, Network } from '../tfjs/network.js';
import { bottlenecks, neededFor } from '../tfjs/order.js';
import type { WeightData } from '../tfjs/tensors.js';
import { setting, sizes, word } from './config.js';
import type { LayersFacts } from './facts.js';
import { disposeVariables, type KerasLayer, type LoadedLayers, layerAt, loadLayers } from './load.js';
import { pointwiseTap } from './problems.js';
import type { Step } from './steps.js';

/** A sample's activation may not be larger: 1 GiB of float32. */
const maxActivation = 2 ** 28;

type Shape = (number | null)[];

/** A layer variable: what a Keras layer keeps a weight in. */
type Variable = tfl.LayerVariable;

/**
 * Loads a layers model and runs its steps one by one, so that any value can be tapped or started from, also within nested
 * models, which `tf.model` cannot do.
 * @throws LetheError `not-a-classifier`; whatever TensorFlow.js throws.
 */
export async function loadNetwork(tf: Tf, facts: LayersFacts, weights: WeightData): Promise<Network> {
  const loaded = await loadLayers(tf, facts, weights);
  try {
    return new LayersNetwork(tf, facts, loaded).network();
  } catch (error) {
    disposeVariables(loaded.variables);
    throw error;
  }
}

class LayersNetwork {
  readonly #tf: Tf;
  readonly #facts: LayersFacts;
  readonly #loaded: LoadedLayers;
  readonly #layers: ReadonlyMap<Step, KerasLayer>;
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #separable: ReadonlyMap<string, Step>;
  /** The stored values of variables that have held others, and the edits that are in place now. */
  readonly #originals = new Map<string, tfc.Tensor>();
  #installed: EditedTensors = new Map();

  constructor(tf: Tf, facts: LayersFacts, loaded: LoadedLayers) {
    this.#tf = tf;
    this.#facts = facts;
    this.#loaded = loaded;
    this.#layers = new Map(facts.steps.map((step) => [step, layerAt(loaded.model, step.path)]));
    this.#variables = new Map(facts.layers.map(({ weight }) => [weight.name, this.#variableOf(weight.name)]));
    this.#shapes = this.#computeShapes();
    this.#separable = new Map(facts.steps.map((step) => [pointwiseTap(step), step]));
  }

  network(): Network {
    const { steps, source, logits, files } = this.#facts;
    const shape = this.#shapes.get(logits) ?? [];
    const classes = shape.slice(1).reduce<number>((product, dim) => product * (dim ?? 0), 1);
    if (!(classes >= 2) || shape.at(-1) !== classes) {
      throw new LetheError('not-a-classifier', {
        message: `its output has the shape ${shown(shape)}, and a classifier has one value a class`,
        file: files.json.path,
        hint: 'Lethe works on classifiers with two or more output values.',
      });
    }
    return {
      ...this.#facts,
      classCount: classes,
      activations: bottlenecks(steps, source, logits).map((value) => this.#activation(value)),
      run: (from, value, wanted, weights) => this.#run(from, value, wanted, weights),
      dispose: () => {
        this.#install(new Map());
        this.#tf.dispose([...this.#originals.values()]);
        disposeVariables(this.#loaded.variables);
      },
    };
  }

  #run(from: string, value: tfc.Tensor, wanted: readonly string[], weights: EditedTensors): tfc.Tensor[] {
    this.#install(weights);
    const values = new Map([[from, value]]);
    const masks = new Map<string, tfc.Tensor>();
    const ends = wanted.map((name) => this.#separable.get(name)?.inputs[0] ?? name);
    for (const step of neededFor(this.#facts.steps, ends, [from])) {
      const inputs = step.inputs.map((name) => taken(values, name));
      const inputMasks = step.inputs.map((name) => masks.get(name));
      const layer = this.#layers.get(step) as KerasLayer;
      const masked = inputMasks.some((mask) => mask !== undefined);
      const outputs = [layer.apply(inputs, masked ? { mask: inputMasks[0] } : undefined)].flat() as tfc.Tensor[];
      const outputMask = layer.supportsMasking
        ? [layer.computeMask(inputs, inputMasks as tfc.Tensor[])].flat()[0]
        : null;
      step.outputs.forEach((name, i) => {
        values.set(name, outputs[step.positions[i]]);
        if (outputMask) masks.set(name, outputMask);
      });
    }
    return wanted.map((name) => {
      const step = this.#separable.get(name);
      return step ? this.#pointwiseInput(step, taken(values, step.inputs[0])) : taken(values, name);
    });
  }

  /** What a separable convolution's pointwise part is applied to, channels last. */
  #pointwiseInput({ layer, path }: Step, input: tfc.Tensor): tfc.Tensor {
    const tf = this.#tf;
    const { json } = this.#facts.files;
    const first = word(layer.config, 'data_format') === 'channels_first';
    const image = (first ? tf.transpose(input, [0, 2, 3, 1]) : input) as tfc.Tensor4D;
    const { depthwiseKernel } = layerAt(this.#loaded.model, path) as unknown as { depthwiseKernel: Variable };
    return tf.depthwiseConv2d(
      image,
      depthwiseKernel.read() as tfc.Tensor4D,
      sizes(json, layer, 'strides', 2) as [number, number],
      (setting(layer.config, 'padding') ?? 'valid') as 'valid' | 'same',
      'NHWC',
      sizes(json, layer, 'dilation_rate', 2) as [number, number],
    );
  }

  /** Puts these weights in place of the stored ones. Variables share the tensors' data: nothing is copied. */
  #install(weights: EditedTensors): void {
    if (weights === this.#installed) return;
    for (const name of this.#installed.keys()) {
      if (!weights.has(name)) this.#variable(name).write(this.#originals.get(name) as tfc.Tensor);
    }
    for (const [name, tensor] of weights) {
      const variable = this.#variable(name);
      if (!this.#originals.has(name)) this.#originals.set(name, this.#tf.keep(variable.read().clone()));
      variable.write(tensor);
    }
    this.#installed = weights;
  }

  #variable(name: string): Variable {
    return this.#variables.get(name) as Variable;
  }

  #variableOf(weight: string): Variable {
    const layer = this.#facts.layers.find((candidate) => candidate.weight.name === weight);
    const step = this.#facts.steps.find((candidate) => {
      const id = candidate.path.join('/');
      return layer?.id === id || layer?.id === `${id}/depthwise` || layer?.id === `${id}/pointwise`;
    });
    const last = `/${weight.split('/').at(-1)}`;
    const found = step && this.#layers.get(step)?.weights.find(({ originalName }) => originalName.endsWith(last));
    if (found) return found;
    throw new RangeError(`no variable holds "${weight}"`);
  }

  #activation(value: string): ActivationPoint {
    const [, ...dims] = this.#shapes.get(value) ?? [];
    const first = this.#facts.input.layout === 'nchw' ? 'channels-first' : 'channels-last';
    const layout = dims.length >= 3 ? first : dims.length === 2 ? 'tokens' : 'features';
    return { id: value, name: value, dims, layout };
  }

  /** The shape of every value, with null for free dimensions. */
  #computeShapes(): Map<string, Shape> {
    const { input, source, steps, files } = this.#facts;
    const shapes = new Map<string, Shape>([[source, [...input.dims]]]);
    for (const step of steps) {
      const inputs = step.inputs.map((name) => shapes.get(name) as Shape);
      const found = (this.#layers.get(step) as KerasLayer).computeOutputShape(inputs.length === 1 ? inputs[0] : inputs);
      const all = (Array.isArray(found[0]) ? found : [found]) as Shape[];
      step.outputs.forEach((name, i) => {
        const shape = all[step.positions[i]] ?? [];
        const size = shape.reduce<number>((product, dim) => product * (dim ?? 1), 1);
        if (size > maxActivation) {
          throw new LetheError('model-corrupt', {
            message: `its output has the shape ${shown(shape)}, beyond 1 GiB a sample`,
            file: files.json.path,
            place: `layer "${step.layer.name}"`,
            hint: 'The settings of this layer look damaged: fetch the model again.',
          });
        }
        shapes.set(name, shape);
      });
    }
    return shapes;
  }
}

function shown(shape: Shape): string {
  return `[${shape.map((dim) => dim ?? 'any').join(', ')}]`;
}

function taken(values: ReadonlyMap<string, tfc.Tensor>, name: string): tfc.Tensor {
  const value = values.get(name);
  if (value) return value;
  throw new RangeError(`nothing computes "${name}"`);
}
