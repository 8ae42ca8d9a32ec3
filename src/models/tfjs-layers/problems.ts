import { LetheError } from '../../base/errors.js';
import type { ConvGeometry, Geometry } from '../classifier.js';
import { type JsonFile, placeOf } from '../tfjs/json.js';
import { corrupt, type ModelFiles, type StoredWeight } from '../tfjs/manifest.js';
import { type LocatedSkip, type StoredLayer, storedLayer, unfitWeight } from '../tfjs/network.js';
import { axesOf, convView, denseView, depthwiseView, rowCount, type WeightView } from '../tfjs/view.js';
import { type LayerConfig, setting, sizes, word } from './config.js';
import { KNOWN_CLASSES, PROJECTABLE, SKIP_REASONS } from './kinds.js';
import type { Step } from './steps.js';

/** The tap inside a separable convolution: what its pointwise part is applied to. It exists nowhere as a layer's output. */
export function pointwiseTap(step: Step): string {
  return `${step.outputs[0]}/depthwise`;
}

/**
 * The projectable layers of a model and those that are left alone, in forward order.
 * @throws LetheError `model-unsupported` for a class of layer that TensorFlow.js does not know, `model-corrupt`.
 */
export function findLayers(
  files: ModelFiles,
  steps: readonly Step[],
): { layers: StoredLayer[]; skipped: LocatedSkip[] } {
  const find = weightFinder(files.weights);
  const layers = new Map<string, StoredLayer>();
  const skipped = new Map<string, LocatedSkip>();
  for (const step of steps) {
    const { className, name, at } = step.layer;
    if (!KNOWN_CLASSES.has(className)) throw unknownClass(files.json, step.layer);
    refuseAbsurdSizes(files.json, step.layer);
    refuseState(files.json, step.layer);
    const id = step.path.join('/');
    const reason = SKIP_REASONS[className];
    if (reason) skipped.set(id, { name: id, kind: className, reason, at });
    if (!PROJECTABLE.has(className)) continue;
    for (const part of partsOf(files.json, step)) {
      const partId = part.name ? `${id}/${part.name}` : id;
      const weight = find(name, part.weight);
      if (!weight)
        throw corrupt(files.json, `the layer "${id}" has no "${name}/${part.weight}" in the manifest`, step.layer.at);
      const unfit = unfitWeight(weight);
      if (unfit) {
        skipped.set(partId, { name: partId, kind: className, reason: unfit, at });
        continue;
      }
      const site = { tap: part.tap, geometry: part.geometry(kernelOf(files.json, step.layer, weight, part.rank)) };
      const known = layers.get(partId);
      if (known) {
        layers.set(partId, { ...known, sites: [...known.sites, site] });
        continue;
      }
      const [kind, groups, view] = [part.kind, part.groups?.(weight), part.view(weight)];
      const bias = part.isBiased ? biasOf(step.layer, find(name, 'bias'), rowCount(view)) : undefined;
      layers.set(partId, storedLayer({ id: partId, name: partId, kind, groups, sites: [site], weight, view, bias }));
    }
  }
  return { layers: [...layers.values()], skipped: [...skipped.values()] };
}

/** One weight of a layer: separable convolutions have two. */
interface Part {
  readonly name?: string;
  readonly kind: StoredLayer['kind'];
  /** The weight's name after the layer's. */
  readonly weight: string;
  /** Whether the layer's bias, if it has one, is added to what this weight gives. */
  readonly isBiased: boolean;
  /** Spatial axes of the kernel. */
  readonly rank: number;
  readonly tap: string;
  readonly view: (weight: StoredWeight) => WeightView;
  readonly groups?: (weight: StoredWeight) => number;
  readonly geometry: (kernel: readonly number[]) => Geometry;
}

function partsOf(json: JsonFile, step: Step): Part[] {
  const { layer } = step;
  const [tap] = step.inputs;
  const conv = (weight: StoredWeight) => convView(axesOf(weight.shape));
  switch (layer.className) {
    case 'Dense': {
      const view = (weight: StoredWeight) => denseView(axesOf(weight.shape));
      const geometry = (): Geometry => ({ kind: 'dense' });
      return [{ kind: 'dense', weight: 'kernel', isBiased: true, rank: 0, tap, view, geometry }];
    }
    case 'DepthwiseConv2D':
      refuseDilation(json, layer);
      return [depthwisePart(json, layer, tap)];
    case 'SeparableConv2D': {
      if (word(layer.config, 'data_format') === 'channels_first' && setting(layer.config, 'use_bias') !== false) {
        throw beyondTfjs(
          json,
          layer,
          'is a channels-first SeparableConv2D, whose bias TensorFlow.js adds to the wrong axis',
        );
      }
      const pointwise: ConvGeometry = {
        kind: 'conv',
        layout: 'channels-last',
        kernel: [1, 1],
        strides: [1, 1],
        dilations: [1, 1],
        padding: { before: [0, 0], after: [0, 0] },
      };
      return [
        { ...depthwisePart(json, layer, tap), name: 'depthwise', isBiased: false },
        {
          name: 'pointwise',
          kind: 'conv',
          weight: 'pointwise_kernel',
          isBiased: true,
          rank: 2,
          tap: pointwiseTap(step),
          view: conv,
          geometry: () => pointwise,
        },
      ];
    }
    default: {
      const rank = Number(layer.className.slice(4, 5));
      refuseGroups(json, layer);
      const geometry = convGeometry(json, layer, rank);
      return [{ kind: 'conv', weight: 'kernel', isBiased: true, rank, tap, view: conv, geometry }];
    }
  }
}

function depthwisePart(json: JsonFile, layer: LayerConfig, tap: string): Part {
  return {
    kind: 'depthwise',
    weight: 'depthwise_kernel',
    isBiased: true,
    rank: 2,
    tap,
    view: (weight) => depthwiseView(axesOf(weight.shape)),
    groups: (weight) => weight.shape[2],
    geometry: convGeometry(json, layer, 2),
  };
}

/** A layer's bias, if it uses one: a value for each output, in the order of the outputs. */
function biasOf(layer: LayerConfig, stored: StoredWeight | undefined, rows: number): StoredWeight | undefined {
  if (!stored || setting(layer.config, 'use_bias') === false) return undefined;
  return unfitWeight(stored) === null && stored.shape.join() === `${rows}` ? stored : undefined;
}

function convGeometry(json: JsonFile, layer: LayerConfig, rank: number): (kernel: readonly number[]) => ConvGeometry {
  const layout = word(layer.config, 'data_format') === 'channels_first' ? 'channels-first' : 'channels-last';
  const strides = sizes(json, layer, 'strides', rank);
  const dilations = sizes(json, layer, 'dilation_rate', rank);
  const padding = word(layer.config, 'padding') ?? 'valid';
  if (padding === 'causal') throw beyondTfjs(json, layer, 'has causal padding, which TensorFlow.js does not have');
  if (padding !== 'valid' && padding !== 'same') {
    throw corrupt(json, `the layer "${layer.name}" has the padding "${padding}"`, layer.at);
  }
  const none = new Array(rank).fill(0);
  return (kernel) => ({
    kind: 'conv',
    layout,
    kernel,
    strides,
    dilations,
    padding: padding === 'same' ? 'same' : { before: none, after: none },
  });
}

/** The spatial sizes of a stored kernel. @throws LetheError `model-corrupt` if it has the wrong number of axes. */
function kernelOf(json: JsonFile, layer: LayerConfig, weight: StoredWeight, rank: number): number[] {
  const { shape } = weight;
  if (shape.length === rank + 2) return shape.slice(0, rank);
  throw corrupt(
    json,
    `the weight of the ${layer.className} layer "${layer.name}" has the shape [${shape.join(', ')}]`,
    weight.place,
  );
}

function refuseGroups(json: JsonFile, layer: LayerConfig): void {
  const groups = setting(layer.config, 'groups') ?? 1;
  if (groups !== 1)
    throw beyondTfjs(json, layer, `is a convolution in ${groups} groups, which TensorFlow.js does not have`);
}

/** TensorFlow.js runs dilated depthwise layers, but without the dilation: as another network than was trained. */
function refuseDilation(json: JsonFile, layer: LayerConfig): void {
  if (sizes(json, layer, 'dilation_rate', 2).every((rate) => rate === 1)) return;
  throw beyondTfjs(json, layer, 'is a dilated DepthwiseConv2D, and TensorFlow.js ignores the dilation');
}

function beyondTfjs(json: JsonFile, layer: LayerConfig, what: string): LetheError {
  const hint = 'Convert the model to a graph model, or to ONNX.';
  const { at } = placeOf(json, layer.at);
  return new LetheError('model-unsupported', {
    message: `the layer "${layer.name}" ${what}`,
    file: json.path,
    at,
    hint,
  });
}

const SIZE_SETTINGS = ['kernel_size', 'strides', 'dilation_rate', 'pool_size', 'size', 'padding', 'cropping', 'n'];

/** Sizes in pixels beyond which the runtime's own numbers overflow, or any result. */
function refuseAbsurdSizes(json: JsonFile, { config, name, at }: LayerConfig): void {
  for (const key of SIZE_SETTINGS) {
    const found = [setting(config, key)].flat(2);
    if (found.every((size) => typeof size !== 'number' || (size >= 0 && size < 2 ** 16))) continue;
    throw corrupt(json, `${key} of the layer "${name}" is ${JSON.stringify(setting(config, key))}`, at);
  }
}

/** A recurrent layer that goes on from the batch before would see other samples' state. */
function refuseState(json: JsonFile, layer: LayerConfig): void {
  if (setting(layer.config, 'stateful') === true) throw beyondTfjs(json, layer, 'keeps its state from call to call');
}

function unknownClass(json: JsonFile, { name, className, at }: LayerConfig): LetheError {
  return new LetheError('model-unsupported', {
    message: `the layer "${name}" is of the class ${className}, which TensorFlow.js does not know`,
    file: json.path,
    at: placeOf(json, at).at,
    hint: 'Replace custom layers by standard ones, or convert the model to a graph model or to ONNX.',
  });
}

/**
 * Finds weights by layer and name as TensorFlow.js does: `dense/kernel`, or with one more scope between (`lstm/cell/kernel`).
 */
export function weightFinder(
  weights: ReadonlyMap<string, StoredWeight>,
): (layer: string, weight: string) => StoredWeight | undefined {
  const shortened = new Map<string, StoredWeight>();
  for (const [name, weight] of weights) {
    const scopes = name.split('/');
    shortened.set([...scopes.slice(0, -2), scopes[scopes.length - 1]].join('/'), weight);
  }
  return (layer, weight) => weights.get(`${layer}/${weight}`) ?? shortened.get(`${layer}/${weight}`);
}
