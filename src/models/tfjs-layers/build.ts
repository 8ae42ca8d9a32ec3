import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { LetheError } from '../../base/errors.js';
import type { WeightData } from '../tfjs/tensors.js';
import type { Tf } from '../tfjs/tf.js';
import type { LayerConfig } from './config.js';
import type { LayersFacts } from './facts.js';
import { weightFinder } from './problems.js';

export type KerasLayer = tfl.layers.Layer;

/** With null for free dimensions. */
export type Shape = (number | null)[];

/** A sample's activation may not be larger: 1 GiB of float32. */
const MAX_ACTIVATION = 2 ** 28;

/** The layers of a model, ready to be applied. */
export interface BuiltLayers {
  /** By path, as `layerKey` writes it. */
  readonly layers: ReadonlyMap<string, KerasLayer>;
  /** The shape of every value. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** What holds each stored weight. */
  readonly variables: ReadonlyMap<string, tfl.LayerVariable>;
}

export function layerKey(path: readonly string[]): string {
  return path.join('/');
}

/**
 * Makes every layer that a forward pass needs, one by one, and fills in the stored weights. (Not by `tf.loadLayersModel`: it
 * never ends on some damaged topologies, and allocates what they say before it compares anything.)
 * @throws LetheError `model-corrupt` where topology and weights disagree; whatever TensorFlow.js throws.
 */
export function buildLayers(tf: Tf, facts: LayersFacts, weights: WeightData): BuiltLayers {
  const { files, steps, source, input } = facts;
  const find = weightFinder(files.weights);
  const layers = new Map<string, KerasLayer>();
  const shapes = new Map<string, Shape>([[source, [...input.dims]]]);
  const variables = new Map<string, tfl.LayerVariable>();
  const tensors = tf.io.decodeWeights(weights.data, [...weights.specs]);
  try {
    for (const step of steps) {
      const inputs = step.inputs.map((name) => shapes.get(name) as Shape);
      const inputShape = inputs.length === 1 ? inputs[0] : inputs;
      let layer = layers.get(layerKey(step.path));
      if (!layer) {
        layer = createLayer(tf, step.layer);
        layers.set(layerKey(step.path), layer);
        for (const variable of buildWeights(tf, facts, layer, inputShape)) {
          const stored = find(step.layer.name, variable.originalName);
          const tensor = stored && tensors[stored.name];
          if (!stored || !tensor || variables.has(stored.name)) {
            variable.dispose();
            const problem = tensor ? 'has the name of another layer’s' : 'is not in the manifest';
            throw corrupt(facts, step.layer, `the weight "${variable.originalName}" ${problem}`);
          }
          variables.set(stored.name, variable);
          writeWeight(facts, step.layer, variable, tensor);
        }
      }
      const found = layer.computeOutputShape(inputShape);
      const all = (Array.isArray(found[0]) ? found : [found]) as Shape[];
      step.outputs.forEach((name, i) => {
        const shape = all[step.positions[i]] ?? [];
        refuseHuge(facts, step.layer, shape);
        shapes.set(name, shape);
      });
    }
    return { layers, shapes, variables };
  } catch (error) {
    disposeVariables(variables);
    throw error;
  } finally {
    tf.dispose(tensors);
  }
}

export function disposeVariables(variables: ReadonlyMap<string, tfl.LayerVariable>): void {
  for (const variable of variables.values()) variable.dispose();
}

export function shapeText(shape: Shape): string {
  return `[${shape.map((dim) => dim ?? 'any').join(', ')}]`;
}

/** A layer of its own, with no weights yet. */
function createLayer(tf: Tf, { className, config }: LayerConfig): KerasLayer {
  const [type, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className];
  return fromConfig(type, inferenceConfig(className, config)) as KerasLayer;
}

/**
 * Settings as TensorFlow.js wants them, in camel case but for names, and without those that only training reads: it refuses
 * custom ones, and some that newer versions of Keras write (a kernel's for separable convolutions, which have two).
 */
function inferenceConfig(className: string, config: Record<string, unknown>): tfc.serialization.ConfigDict {
  const converted = camelCase(config) as tfc.serialization.ConfigDict;
  if (className === 'SeparableConv2D') delete converted.kernelConstraint;
  return converted;
}

function camelCase(value: unknown): unknown {
  if (typeof value === 'string') return camelWord(value);
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !/_?(initializer|regularizer)$/i.test(key));
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      camelWord(key),
      key === 'name' && typeof inner === 'string' ? inner : camelCase(inner),
    ]),
  );
}

function camelWord(name: string): string {
  return name.length <= 1 ? name : name.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
}

type AddWeight = (
  name: string,
  shape: Shape,
  dtype: unknown,
  initializer: unknown,
  ...rest: unknown[]
) => tfl.LayerVariable;

/**
 * Builds a layer and returns its weights, all zero. Each must have the shape of some stored one: a damaged topology would
 * else allocate whatever it says.
 */
function buildWeights(tf: Tf, facts: LayersFacts, layer: KerasLayer, inputShape: Shape | Shape[]): tfl.LayerVariable[] {
  const stored = new Set([...facts.files.weights.values()].map(({ shape }) => shape.join()));
  const made: tfl.LayerVariable[] = [];
  const prototype = tf.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const original = prototype.addWeight;
  prototype.addWeight = function guarded(this: KerasLayer, name, shape, dtype, _initializer, ...rest) {
    if (!stored.has(shape.join())) {
      const message = `the weight "${name}" should have the shape ${shapeText(shape)}, and no stored tensor has it`;
      throw corrupt(facts, layer, message);
    }
    const variable = original.call(this, name, shape, dtype, tf.initializers.zeros(), ...rest);
    made.push(variable);
    return variable;
  };
  try {
    layer.build(inputShape);
    layer.built = true;
    return made;
  } catch (error) {
    for (const variable of made) variable.dispose();
    throw error;
  } finally {
    prototype.addWeight = original;
  }
}

function writeWeight(facts: LayersFacts, layer: LayerConfig, variable: tfl.LayerVariable, tensor: tfc.Tensor): void {
  if (variable.shape.join() === tensor.shape.join()) {
    variable.write(tensor);
    return;
  }
  const shapes = `${shapeText(variable.shape)}, and is stored with ${shapeText(tensor.shape)}`;
  throw corrupt(facts, layer, `the weight "${variable.originalName}" should have the shape ${shapes}`);
}

function refuseHuge(facts: LayersFacts, layer: LayerConfig, shape: Shape): void {
  const size = shape.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  if (size <= MAX_ACTIVATION) return;
  throw corrupt(facts, layer, `its output has the shape ${shapeText(shape)}, beyond 1 GiB a sample`);
}

function corrupt(facts: LayersFacts, layer: { name: string }, message: string): LetheError {
  return new LetheError('model-corrupt', {
    message,
    file: facts.files.json.path,
    place: `layer "${layer.name}"`,
    hint: 'model.json and its weights do not belong together, or are damaged: fetch them again.',
  });
}
