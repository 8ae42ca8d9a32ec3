import { readModelFiles } from '../tfjs/manifest.js';
import type { NetworkFacts, StoredLayer } from '../tfjs/network.js';
import { setting, word } from './config.js';
import { KEEPS_LAST_AXIS } from './kinds.js';
import { findLayers } from './problems.js';
import { flatten, inputShape, type Step } from './steps.js';

export interface LayersFacts extends NetworkFacts {
  readonly steps: readonly Step[];
  /** The values that a forward pass starts from and ends at. */
  readonly source: string;
  readonly logits: string;
}

/**
 * What model.json tells: steps, layers, shapes; a final softmax is taken off (see `peelSoftmax`).
 * @throws LetheError `model-corrupt`, `model-unsupported`, and as `readModelFiles`.
 */
export async function readFacts(file: string): Promise<LayersFacts> {
  const files = await readModelFiles(file);
  const { input, output, steps: all } = flatten(files.json);
  const { steps, logits } = peelSoftmax(all, output);
  const { layers, skipped } = findLayers(files, steps);
  const [batch, ...dims] = inputShape(files.json, input.config);
  const layout = dims.length === 3 ? imageLayout(layers) : dims.length === 1 ? 'features' : 'unknown';
  return {
    files,
    input: { name: input.value, dims: [null, ...dims], layout },
    inputType: word(input.config.config, 'dtype') === 'int32' ? 'int32' : 'float32',
    batch,
    classCount: classCount(steps, layers, logits),
    layers,
    skipped,
    steps,
    source: input.value,
    logits,
  };
}

/** Layers that a softmax over classes may be followed by without changing which value belongs to which class. */
const HARMLESS = new Set(['Flatten', 'Reshape', 'Dropout']);

/**
 * Takes a final softmax off: a Softmax or Activation layer is left out; an activation inside the last layer is set to linear
 * in its configuration, which nothing but the runtime reads afterwards.
 */
function peelSoftmax(steps: readonly Step[], output: string): { steps: Step[]; logits: string } {
  const users = (value: string) =>
    steps.filter((step) => step.inputs.includes(value)).length + Number(value === output);
  let value = output;
  for (;;) {
    const step = steps.find((candidate) => candidate.outputs.includes(value));
    if (!step || users(value) > 1) return { steps: [...steps], logits: output };
    const { className, config } = step.layer;
    const softmax = word(config, 'activation') === 'softmax';
    // Without an axis TensorFlow.js takes axis 1, which is the last of an output (n, classes).
    const lastAxis = setting(config, 'axis') === -1 || (value === output && (setting(config, 'axis') ?? 1) === 1);
    if ((className === 'Activation' && softmax) || (className === 'Softmax' && lastAxis)) {
      const [input] = step.inputs;
      const rewired = steps
        .filter((other) => other !== step)
        .map((other) => ({ ...other, inputs: other.inputs.map((name) => (name === value ? input : name)) }));
      return { steps: rewired, logits: output === value ? input : output };
    }
    const calls = steps.filter((other) => other.path.join('/') === step.path.join('/')).length;
    if (softmax && calls === 1) config.activation = 'linear';
    if (softmax || !HARMLESS.has(className)) return { steps: [...steps], logits: output };
    [value] = step.inputs;
  }
}

/** How many classes the logits have, where the last weight tells. */
function classCount(steps: readonly Step[], layers: readonly StoredLayer[], logits: string): number | null {
  const maker = new Map(steps.flatMap((step) => step.outputs.map((value) => [value, step] as const)));
  for (let value = logits; ; ) {
    const step = maker.get(value);
    if (!step) return null;
    const id = step.path.join('/');
    const layer = layers.find((candidate) => candidate.id === id || candidate.id === `${id}/pointwise`);
    if (layer) return layer.out;
    if (!KEEPS_LAST_AXIS.has(step.layer.className)) return null;
    [value] = step.inputs;
  }
}

function imageLayout(layers: readonly StoredLayer[]): 'nchw' | 'nhwc' {
  const first = layers.flatMap((layer) => layer.sites).find((site) => site.geometry.kind === 'conv');
  return first?.geometry.kind === 'conv' && first.geometry.layout === 'channels-first' ? 'nchw' : 'nhwc';
}
