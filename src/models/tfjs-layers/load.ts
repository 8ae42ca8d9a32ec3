import type * as tfl from '@tensorflow/tfjs-layers';
import { LetheError } from '../../base/errors.js';
import type { Tf } from '../tfjs/backend.js';
import type { WeightData } from '../tfjs/tensors.js';
import type { LayerConfig } from './config.js';
import type { LayersFacts } from './facts.js';

export type KerasLayer = tfl.layers.Layer;

/** A model's layers and what they keep their weights in. */
export interface LoadedLayers {
  readonly model: tfl.LayersModel;
  readonly variables: readonly tfl.LayerVariable[];
}

/**
 * Builds the layers and loads their weights.
 * @throws LetheError `model-corrupt` where topology and weights disagree; whatever TensorFlow.js throws.
 */
export async function loadLayers(tf: Tf, facts: LayersFacts, weights: WeightData): Promise<LoadedLayers> {
  const { modelTopology } = facts.files.json.value as { modelTopology: tfl.ModelAndWeightsConfig['modelTopology'] };
  for (const { layer } of facts.steps) dropTrainingSettings(layer);
  const variables: tfl.LayerVariable[] = [];
  try {
    const model = await withGuardedWeights(tf, facts, variables, () => tf.models.modelFromJSON({ modelTopology }));
    // As tf.loadLayersModel does. Variables keep the data, so the tensors around it can go.
    const tensors = tf.io.decodeWeights(weights.data, [...weights.specs]);
    try {
      model.loadWeights(tensors);
    } finally {
      tf.dispose(tensors);
    }
    return { model, variables };
  } catch (error) {
    disposeVariables(variables);
    throw error;
  }
}

/** Frees a model's weights. (`LayersModel.dispose` of TensorFlow.js 4.22 forgets layers that are applied several times.) */
export function disposeVariables(variables: readonly tfl.LayerVariable[]): void {
  for (const variable of variables) variable.dispose();
}

/**
 * Settings that only training reads, and that TensorFlow.js refuses where they are custom, or newer than it knows: Keras writes
 * a kernel's for separable convolutions, which have two. The parsed topology is the runtime's alone, so it can be changed.
 */
function dropTrainingSettings({ className, config }: LayerConfig): void {
  for (const key of Object.keys(config)) {
    const kernelOfTwo = className === 'SeparableConv2D' && /^kernel_?constraint$/i.test(key);
    if (kernelOfTwo || /_?(initializer|regularizer)$/i.test(key)) delete config[key];
  }
}

/** A layer by its path through nested models. */
export function layerAt(model: tfl.LayersModel, path: readonly string[]): KerasLayer {
  let layers = model.layers;
  let found: KerasLayer | undefined;
  for (const name of path) {
    found = layers.find((layer) => layer.name === name);
    layers = (found as unknown as tfl.LayersModel | undefined)?.layers ?? [];
  }
  if (!found) throw new RangeError(`no layer "${path.join('/')}"`);
  return found;
}

type AddWeight = (
  name: string,
  shape: (number | null)[],
  dtype: unknown,
  initializer: unknown,
  ...rest: unknown[]
) => tfl.LayerVariable;

/**
 * Runs `build` while every weight that a layer creates must have the shape of a stored one: a damaged topology would else
 * allocate whatever it says before anything is compared. Weights start as zeros, since all are loaded next; they are noted in
 * `made`.
 */
function withGuardedWeights<T>(
  tf: Tf,
  facts: LayersFacts,
  made: tfl.LayerVariable[],
  build: () => Promise<T>,
): Promise<T> {
  const stored = new Set([...facts.files.weights.values()].map(({ shape }) => shape.join()));
  const prototype = tf.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const original = prototype.addWeight;
  prototype.addWeight = function guarded(this: KerasLayer, name, shape, dtype, _initializer, ...rest) {
    if (!stored.has(shape.join())) {
      throw new LetheError('model-corrupt', {
        message: `the weight "${name}" should have the shape [${shape.join(', ')}], and no stored tensor has it`,
        file: facts.files.json.path,
        place: `layer "${this.name}"`,
        hint: 'model.json and its weights do not belong together: fetch them again.',
      });
    }
    const variable = original.call(this, name, shape, dtype, tf.initializers.zeros(), ...rest);
    made.push(variable);
    return variable;
  };
  try {
    // Everything is built before the first await inside, so the guard is gone before anyone else builds a layer.
    return build();
  } finally {
    prototype.addWeight = original;
  }
}
