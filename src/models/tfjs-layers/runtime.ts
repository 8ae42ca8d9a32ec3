import type * as tfc from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { LetheError } from '../../base/errors.js';
import type { ActivationPoint } from '../classifier.js';
import { bottlenecks, frontiers, neededFor } from '../order.js';
import { stagesOf } from '../stages.js';
import type { Backend } from '../tfjs/backend.js';
import type { EditedTensors, Network } from '../tfjs/network.js';
import type { WeightData } from '../tfjs/tensors.js';
import type { Tf } from '../tfjs/tf.js';
import { type BuiltLayers, buildLayers, disposeVariables, type KerasLayer, layerKey, shapeText } from './build.js';
import { setting, sizes, word } from './config.js';
import type { LayersFacts } from './facts.js';
import { pointwiseTap } from './problems.js';
import type { Step } from './steps.js';

/**
 * Makes a layers model's layers and runs its steps one by one, so that any value can be tapped or started from, also within
 * nested models, which `tf.model` cannot do.
 * @throws LetheError `not-a-classifier`; whatever TensorFlow.js throws.
 */
export function loadNetwork({ tf }: Backend, facts: LayersFacts, weights: WeightData): Network {
  const built = buildLayers(tf, facts, weights);
  try {
    return new LayersNetwork(tf, facts, built).network();
  } catch (error) {
    disposeVariables(built.variables);
    throw error;
  }
}

class LayersNetwork {
  readonly #tf: Tf;
  readonly #facts: LayersFacts;
  readonly #built: BuiltLayers;
  /** Steps by the tap inside them. */
  readonly #separable: ReadonlyMap<string, Step>;
  /** The stored values of variables that have held others, and the edits that are in place now. */
  readonly #originals = new Map<string, tfc.Tensor>();
  #installed: EditedTensors = new Map();

  constructor(tf: Tf, facts: LayersFacts, built: BuiltLayers) {
    this.#tf = tf;
    this.#facts = facts;
    this.#built = built;
    this.#separable = new Map(facts.steps.map((step) => [pointwiseTap(step), step]));
  }

  network(): Network {
    const { steps, source, logits, files } = this.#facts;
    const shape = this.#built.shapes.get(logits) ?? [];
    const classes = shape.slice(1).reduce<number>((product, dim) => product * (dim ?? 0), 1);
    if (!(classes >= 2) || shape.at(-1) !== classes) {
      throw new LetheError('not-a-classifier', {
        message: `its output has the shape ${shapeText(shape)}, and a classifier has one value a class`,
        file: files.json.path,
        hint: 'Lethe works on classifiers with two or more output values.',
      });
    }
    const places = frontiers(steps, source, logits);
    const madeFrom = (tap: string) => this.#separable.get(tap)?.inputs[0] ?? tap;
    return {
      ...this.#facts,
      classCount: classes,
      activations: bottlenecks(places).map((value) => this.#activation(value)),
      stages: stagesOf(this.#facts.layers, places, { source, isReal: () => true, madeFrom }),
      run: (given, wanted, weights) => this.#run(given, wanted, weights),
      dispose: () => {
        this.#install(new Map());
        this.#tf.dispose([...this.#originals.values()]);
        disposeVariables(this.#built.variables);
      },
    };
  }

  #run(given: ReadonlyMap<string, tfc.Tensor>, wanted: readonly string[], weights: EditedTensors): tfc.Tensor[] {
    this.#install(weights);
    const values = new Map(given);
    const masks = new Map<string, tfc.Tensor>();
    const ends = wanted.map((name) => this.#separable.get(name)?.inputs[0] ?? name);
    for (const step of neededFor(this.#facts.steps, ends, [...given.keys()])) {
      const inputs = step.inputs.map((name) => taken(values, name));
      const inputMasks = step.inputs.map((name) => masks.get(name));
      const layer = this.#layer(step);
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
  #pointwiseInput(step: Step, input: tfc.Tensor): tfc.Tensor {
    const tf = this.#tf;
    const { layer } = step;
    const { json } = this.#facts.files;
    const first = word(layer.config, 'data_format') === 'channels_first';
    const image = (first ? tf.transpose(input, [0, 2, 3, 1]) : input) as tfc.Tensor4D;
    const { depthwiseKernel } = this.#layer(step) as unknown as { depthwiseKernel: LayerVariable };
    return tf.depthwiseConv2d(
      image,
      depthwiseKernel.read() as tfc.Tensor4D,
      sizes(json, layer, 'strides', 2) as [number, number],
      (setting(layer.config, 'padding') ?? 'valid') as 'valid' | 'same',
      'NHWC',
      sizes(json, layer, 'dilation_rate', 2) as [number, number],
    );
  }

  #layer({ path }: Step): KerasLayer {
    return this.#built.layers.get(layerKey(path)) as KerasLayer;
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

  #variable(name: string): LayerVariable {
    return this.#built.variables.get(name) as LayerVariable;
  }

  #activation(value: string): ActivationPoint {
    const [, ...dims] = this.#built.shapes.get(value) ?? [];
    const first = this.#facts.input.layout === 'nchw' ? 'channels-first' : 'channels-last';
    const layout = dims.length >= 3 ? first : dims.length === 2 ? 'tokens' : 'features';
    return { id: value, name: value, dims, layout };
  }
}

function taken(values: ReadonlyMap<string, tfc.Tensor>, name: string): tfc.Tensor {
  const value = values.get(name);
  if (value) return value;
  throw new RangeError(`nothing computes "${name}"`);
}
