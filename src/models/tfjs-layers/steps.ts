import { LetheError } from '../../base/errors.js';
import { inForwardOrder, neededFor } from '../order.js';
import type { JsonFile } from '../tfjs/json.js';
import { corrupt } from '../tfjs/manifest.js';
import { type ContainerConfig, isContainer, type LayerConfig, readContainer, readTopology, setting } from './config.js';

/** Nested models can call each other more often than any network has layers. */
const MAX_STEPS = 20_000;
const MAX_DEPTH = 32;

/** One application of one layer. Values are named after the call that makes them: `conv1`, `conv1@1`, `backbone/conv1`. */
export interface Step {
  readonly layer: LayerConfig;
  /** The layer among the layers of its model, from the outermost in: `backbone/conv1` has two. */
  readonly path: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Which of the layer's outputs each of them is. */
  readonly positions: readonly number[];
}

/** A model without nesting: steps in forward order, from one input to one output. */
export interface Flat {
  readonly input: { readonly value: string; readonly config: LayerConfig };
  readonly output: string;
  readonly steps: readonly Step[];
}

/**
 * Takes nested models apart into the steps of their layers.
 * @throws LetheError `model-corrupt` for references that lead nowhere or in a circle, `model-unsupported` for several
 *   inputs or outputs.
 */
export function flatten(json: JsonFile): Flat {
  const model = readTopology(json);
  if (!isContainer(model)) {
    throw new LetheError('model-unsupported', {
      message: `is a ${model.className}, not a Sequential or functional model`,
      file: json.path,
      hint: 'Save a whole model, not a single layer or a subclassed model.',
    });
  }
  const container = readContainer(json, model);
  const inputs =
    container.kind === 'sequential'
      ? [container.layers[0]]
      : container.inputs.map(({ layer }) => {
          const config = container.layers.find(({ name }) => name === layer);
          if (config) return config;
          throw corrupt(json, `the input "${layer}" is no layer of the model`, model.at);
        });
  refuseSeveral(
    json,
    inputs.map(({ name }) => name),
    'inputs',
  );
  if (container.kind === 'functional')
    refuseSeveral(
      json,
      container.outputs.map(({ layer }) => layer),
      'outputs',
    );
  const input = {
    value: inputs[0].className === 'InputLayer' ? inputs[0].name : `${inputs[0].name}_input`,
    config: inputs[0],
  };
  const flattener = new Flattener(json);
  const [output] = flattener.expand(container, model, [], '', [input.value]);
  return { input, output, steps: neededFor(flattener.steps, [output]) };
}

class Flattener {
  readonly steps: Step[] = [];
  readonly #ids = new Set<string>();
  readonly #json: JsonFile;

  constructor(json: JsonFile) {
    this.#json = json;
  }

  /** Appends the steps of a model that is applied to `inputs`; `prefix` tells its calls apart. Returns its output values. */
  expand(
    model: ContainerConfig,
    at: LayerConfig,
    path: readonly string[],
    prefix: string,
    inputs: readonly string[],
  ): string[] {
    if (path.length > MAX_DEPTH) throw corrupt(this.#json, 'models are nested too deeply', at.at);
    return model.kind === 'sequential'
      ? this.#expandSequential(model, path, prefix, inputs)
      : this.#expandFunctional(model, at, path, prefix, inputs);
  }

  #expandSequential(
    model: ContainerConfig,
    path: readonly string[],
    prefix: string,
    inputs: readonly string[],
  ): string[] {
    let values = [...inputs];
    for (const layer of model.layers) {
      if (layer.className !== 'InputLayer') values = this.#apply(layer, path, prefix, 0, values, [0]);
    }
    return values;
  }

  #expandFunctional(
    model: ContainerConfig,
    at: LayerConfig,
    path: readonly string[],
    prefix: string,
    inputs: readonly string[],
  ): string[] {
    const json = this.#json;
    const calls = model.layers.flatMap((layer) => {
      // A model within a model was called once already, when it was made: its calls here count from 1.
      const first = isContainer(layer) ? 1 : 0;
      return layer.calls.map((references, i) => ({
        layer,
        call: first + i,
        references,
        inputs: references.map(({ layer: name, call }) => `${name} ${call}`),
        outputs: [`${layer.name} ${first + i}`],
      }));
    });
    const used = new Map<string, Set<number>>();
    for (const { layer, call, output } of [...calls.flatMap(({ references }) => references), ...model.outputs]) {
      const key = `${layer} ${call}`;
      used.set(key, (used.get(key) ?? new Set()).add(output));
    }
    const values = new Map<string, string[]>();
    model.inputs.forEach(({ layer, call }, i) => {
      if (inputs[i] !== undefined) values.set(`${layer} ${call}`, [inputs[i]]);
    });
    const resolve = ({ layer, call, output }: { layer: string; call: number; output: number }, from: LayerConfig) => {
      const value = values.get(`${layer} ${call}`)?.[output];
      if (value !== undefined) return value;
      throw corrupt(
        json,
        `"${from.name}" reads output ${output} of call ${call} of "${layer}", which does not exist`,
        from.at,
      );
    };
    const ordered = inForwardOrder(calls);
    if (!ordered) throw corrupt(json, `the layers of "${at.name}" wait for each other in a circle`, at.at);
    for (const { layer, call, references, outputs } of ordered) {
      if (values.has(outputs[0])) continue;
      const read = references.map((reference) => resolve(reference, layer));
      const wanted = used.get(outputs[0]);
      if (wanted) values.set(outputs[0], this.#apply(layer, path, prefix, call, read, wanted));
    }
    return model.outputs.map((reference) => resolve(reference, at));
  }

  /** One call of one layer. Returns its outputs, of a plain layer those that are `wanted`. */
  #apply(
    layer: LayerConfig,
    path: readonly string[],
    prefix: string,
    call: number,
    inputs: readonly string[],
    wanted: Iterable<number>,
  ): string[] {
    if (this.steps.length >= MAX_STEPS) throw corrupt(this.#json, `has more than ${MAX_STEPS} layers`, layer.at);
    const inner = isContainer(layer);
    const again = call - (inner ? 1 : 0);
    const id = `${prefix}${layer.name}${again > 0 ? `@${again}` : ''}`;
    const own = [...path, layer.name];
    if (this.#ids.has(id)) throw corrupt(this.#json, `two calls of layers are both "${id}"`, layer.at);
    this.#ids.add(id);
    if (inner) return this.expand(readContainer(this.#json, layer), layer, own, `${id}/`, inputs);
    const positions = [...wanted];
    const values: string[] = [];
    for (const position of positions) values[position] = position === 0 ? id : `${id}:${position}`;
    this.steps.push({ layer, path: own, inputs, outputs: positions.map((position) => values[position]), positions });
    return values;
  }
}

/** The batch size and the sizes after it that an input declares. @throws LetheError `model-corrupt`, `model-unsupported`. */
export function inputShape(json: JsonFile, { config, name, at }: LayerConfig): (number | null)[] {
  const batched = setting(config, 'batch_input_shape') ?? setting(config, 'batch_shape');
  const plain = setting(config, 'input_shape');
  const shape = batched ?? (Array.isArray(plain) ? [null, ...plain] : undefined);
  if (shape === undefined || shape === null) {
    throw new LetheError('model-unsupported', {
      message: `the first layer, "${name}", does not say what shape its input has`,
      file: json.path,
      hint: 'Build the model with an input shape before saving it.',
    });
  }
  const valid = (size: unknown) =>
    size === null || (Number.isInteger(size) && (size as number) > 0 && (size as number) < 2 ** 24);
  if (Array.isArray(shape) && shape.length > 1 && shape.every(valid)) return shape as (number | null)[];
  throw corrupt(json, `the input "${name}" has the shape ${JSON.stringify(shape)}`, at);
}

function refuseSeveral(json: JsonFile, names: readonly string[], what: string): void {
  if (names.length === 1) return;
  throw new LetheError('model-unsupported', {
    message: `has ${names.length} ${what} (${names.join(', ')}), and a classifier has one`,
    file: json.path,
    hint: 'Save a model with one input and one output.',
  });
}
