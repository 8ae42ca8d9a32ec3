import type { GraphModel } from '@tensorflow/tfjs-converter';
import type * as tfc from '@tensorflow/tfjs-core';
import { LetheError } from '../../base/errors.js';
import type { ActivationPoint } from '../classifier.js';
import { bottlenecks, frontiers } from '../order.js';
import { stagesOf } from '../stages.js';
import type { Backend } from '../tfjs/backend.js';
import type { Network } from '../tfjs/network.js';
import type { WeightData } from '../tfjs/tensors.js';
import type { GraphFacts } from './facts.js';
import { shortName } from './graph.js';

/** Sizes to try free spatial axes with: common for images, and enough for every pooling of a sequence. */
const GUESSED_IMAGE = 224;
const GUESSED_LENGTH = 64;

/**
 * Loads a graph model and runs one sample through it, which tells the shapes that the graph leaves open.
 * @throws LetheError `not-a-classifier`; whatever TensorFlow.js throws.
 */
export function loadNetwork(backend: Backend, facts: GraphFacts, weights: WeightData): Network {
  const { modelTopology } = facts.files.json.value as { modelTopology: object };
  // Without the signature, so that names are always those of nodes.
  const artifacts: tfc.io.ModelArtifacts = {
    modelTopology: { versions: {}, ...modelTopology },
    weightSpecs: [...weights.specs],
    weightData: weights.data,
  };
  const model = backend.tf.loadGraphModelSync({ load: () => artifacts });
  try {
    return networkOf(backend, facts, model);
  } catch (error) {
    if (!backend.failed) model.dispose();
    throw error;
  }
}

function networkOf(backend: Backend, facts: GraphFacts, model: GraphModel<tfc.io.IOHandlerSync>): Network {
  const { graph, blocked } = facts;
  const source = graph.input.name;
  const run: Network['run'] = (given, wanted, weights) => {
    const asked = [...new Set(wanted)].filter((name) => !given.has(name));
    const feeds = Object.fromEntries([...weights, ...given]);
    const found = asked.length > 0 ? [model.execute(feeds, asked)].flat() : [];
    const values = new Map([...given, ...asked.map((name, i) => [name, found[i]] as const)]);
    return wanted.map((name) => values.get(name) as tfc.Tensor);
  };
  const places = frontiers(graph.nodes, source, graph.output);
  const points = bottlenecks(places).filter((value) => {
    const node = graph.makerOf(value);
    return node && value === node.name && node.op !== 'Identity' && !blocked.has(value);
  });
  const passed = places.flatMap(({ behind }) => behind.outputs).filter((value) => !blocked.has(value));
  const found = probe(backend, facts, run, [...new Set([source, graph.output, ...points, ...passed])]);
  const classCount = refuseOtherThanClasses(facts, found.get(graph.output)!.shape);
  const isReal = (value: string) => value === source || found.get(value)?.dtype === 'float32';
  // Some graphs put the positions of all samples into one axis.
  const isBySample = (value: string) => value === source || found.get(value)!.shape[0] === (facts.batch ?? 1);
  const stages = stagesOf(facts.layers, places, { source, isReal });
  return {
    ...facts,
    classCount,
    source,
    logits: graph.output,
    activations: points.flatMap((point) => activation(facts, point, found.get(point)!.shape)),
    stages: stages.map(({ layers, values }) => ({ layers, values: values?.every(isBySample) ? values : null })),
    run,
    dispose: () => model.dispose(),
  };
}

/** Shapes and types of some values for one sample of zeros. */
function probe(
  backend: Backend,
  facts: GraphFacts,
  run: Network['run'],
  values: readonly string[],
): Map<string, Pick<tfc.Tensor, 'shape' | 'dtype'>> {
  const { input, inputType, batch, graph } = facts;
  const guess = input.dims.length === 4 ? GUESSED_IMAGE : GUESSED_LENGTH;
  const shape = [batch ?? 1, ...input.dims.slice(1).map((size) => size ?? guess)];
  const { tf } = backend;
  const found = new Map<string, Pick<tfc.Tensor, 'shape' | 'dtype'>>();
  backend.run(() =>
    tf.tidy(() => {
      const given = new Map([[graph.input.name, tf.zeros(shape, inputType)]]);
      for (const [i, { shape, dtype }] of run(given, values, new Map()).entries())
        found.set(values[i], { shape, dtype });
    }),
  );
  return found;
}

function refuseOtherThanClasses({ files, batch }: GraphFacts, logits: readonly number[]): number {
  const classes = logits.reduce((product, size) => product * size, 1) / (batch ?? 1);
  if (classes >= 2 && logits[logits.length - 1] === classes) return classes;
  throw new LetheError('not-a-classifier', {
    message: `its output has the shape [${logits.join(', ')}] for one sample, and a classifier has one value a class`,
    file: files.json.path,
    hint: 'Lethe works on classifiers with two or more output values.',
  });
}

/** A point to start from, if the batch is its first axis. Sizes that depend on a free input size are free too. */
function activation({ input, batch }: GraphFacts, value: string, shape: readonly number[]): ActivationPoint[] {
  if (shape.length < 2 || shape[0] !== (batch ?? 1)) return [];
  const free = input.dims.slice(1).includes(null);
  const first = input.layout === 'nchw';
  const channels = first ? 1 : shape.length - 1;
  const dims = shape.map((size, axis) => (free && axis !== channels ? null : size)).slice(1);
  const layout =
    shape.length >= 4 ? (first ? 'channels-first' : 'channels-last') : shape.length === 3 ? 'tokens' : 'features';
  return [{ id: value, name: shortName(value), dims, layout }];
}
