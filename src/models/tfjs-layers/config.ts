import { LetheError } from '../../base/errors.js';
import { isObject } from '../../contract/json.js';
import type { JsonFile, JsonPath } from '../tfjs/json.js';
import { corrupt } from '../tfjs/manifest.js';

/** A layer as the topology describes it. */
export interface LayerConfig {
  readonly className: string;
  readonly name: string;
  /** Its settings; the names are snake_case (Keras) or camelCase. */
  readonly config: Record<string, unknown>;
  /** What the layer is applied to, call by call; empty in a Sequential model. */
  readonly calls: readonly (readonly ValueReference[])[];
  readonly at: JsonPath;
}

/** An output of a call of another layer of the same model. */
export interface ValueReference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** A model, or a model within a model. */
export interface ContainerConfig {
  readonly kind: 'sequential' | 'functional';
  readonly layers: readonly LayerConfig[];
  /** Of a functional model. */
  readonly inputs: readonly ValueReference[];
  readonly outputs: readonly ValueReference[];
}

type Json = Record<string, unknown>;

/** The outermost model. @throws LetheError `model-corrupt`, `model-unsupported`. */
export function readTopology(json: JsonFile): LayerConfig {
  const { modelTopology } = json.value as Json;
  const at: JsonPath = ['modelTopology'];
  if (!isObject(modelTopology)) throw corrupt(json, 'has no modelTopology', at);
  const wrapped = isObject(modelTopology.model_config);
  const model = (wrapped ? modelTopology.model_config : modelTopology) as Json;
  const version = modelTopology.keras_version ?? model.keras_version;
  if (typeof version === 'string' && version.startsWith('3') && json.text.includes('"batch_shape"')) {
    throw new LetheError('model-unsupported', {
      message: `is in the format of Keras ${version}, which TensorFlow.js cannot read`,
      file: json.path,
      hint: 'Convert it again with tf_keras (TF_USE_LEGACY_KERAS=1), or as a graph model.',
    });
  }
  return readLayer(json, model, wrapped ? [...at, 'model_config'] : at, 'model');
}

/** Whether a layer is a model of its own. */
export function isContainer({ className }: LayerConfig): boolean {
  return className === 'Sequential' || className === 'Model' || className === 'Functional';
}

/** The layers of a model. @throws LetheError `model-corrupt`. */
export function readContainer(json: JsonFile, layer: LayerConfig): ContainerConfig {
  const at = [...layer.at, 'config'];
  const listed = Array.isArray(layer.config) ? layer.config : layer.config.layers;
  const listedAt = Array.isArray(layer.config) ? at : [...at, 'layers'];
  if (!Array.isArray(listed) || listed.length === 0) throw corrupt(json, `the model "${layer.name}" has no layers`, at);
  const layers = listed.map((entry, i) => readLayer(json, entry, [...listedAt, i]));
  const names = new Set<string>();
  for (const { name, at: place } of layers) {
    if (names.has(name)) throw corrupt(json, `two layers are called "${name}"`, place);
    names.add(name);
  }
  if (layer.className === 'Sequential') return { kind: 'sequential', layers, inputs: [], outputs: [] };
  const ends = (key: string) => references(json, setting(layer.config, key), [...at, key]);
  return { kind: 'functional', layers, inputs: ends('input_layers'), outputs: ends('output_layers') };
}

/** A setting by its Keras name, in either spelling. */
export function setting(config: Json, name: string): unknown {
  return config[name] ?? config[name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
}

/** A setting that is a word: `channels_last` and `channelsLast` are the same. */
export function word(config: Json, name: string): string | null {
  const value = setting(config, name);
  if (typeof value !== 'string') return null;
  return value.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A setting that is one size, or one size an axis. @throws LetheError `model-corrupt`. */
export function sizes(json: JsonFile, layer: LayerConfig, name: string, axes: number): number[] {
  const value = setting(layer.config, name) ?? 1;
  const found: unknown[] = Array.isArray(value) ? value : new Array(axes).fill(value);
  if (found.length === axes && found.every((size) => Number.isInteger(size) && (size as number) > 0)) {
    return found as number[];
  }
  throw corrupt(json, `${name} of the layer "${layer.name}" must be ${axes} whole numbers above 0`, layer.at);
}

function readLayer(json: JsonFile, entry: unknown, at: JsonPath, fallback?: string): LayerConfig {
  const className = isObject(entry) ? (entry.class_name ?? entry.className) : undefined;
  const config = isObject(entry) ? entry.config : undefined;
  if (!isObject(entry) || typeof className !== 'string' || typeof config !== 'object' || config === null) {
    throw corrupt(json, 'a layer needs a class_name and a config', at);
  }
  const name = (config as Json).name ?? entry.name ?? fallback;
  if (typeof name !== 'string' || name === '') throw corrupt(json, `a ${className} layer has no name`, at);
  if (entry.name !== undefined && entry.name !== name) {
    throw corrupt(json, `a layer is called "${entry.name}" here and "${name}" in its config`, at);
  }
  const nodes = entry.inbound_nodes ?? entry.inboundNodes ?? [];
  const nodesAt = [...at, 'inbound_nodes'];
  if (!Array.isArray(nodes)) throw corrupt(json, `inbound_nodes of the layer "${name}" must be a list`, nodesAt);
  const calls = nodes.map((node, i) => references(json, node, [...nodesAt, i]));
  return { className, name, config: config as Json, calls, at };
}

/** `[["conv1", 0, 0, {}], ...]`: layer, its call, the output of the call, and settings that inference has no use for. */
function references(json: JsonFile, value: unknown, at: JsonPath): ValueReference[] {
  const list = Array.isArray(value) ? value : null;
  return (list ?? [null]).map((entry, i) => {
    const [layer, call, output] = Array.isArray(entry) ? entry : [];
    if (typeof layer === 'string' && isIndex(call) && isIndex(output)) return { layer, call, output };
    throw corrupt(json, 'a reference to a layer must be ["name", call, output]', list ? [...at, i] : at);
  });
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 20;
}
