import type { GraphModel } from '@tensorflow/tfjs-converter';
import type * as tfc from '@tensorflow/tfjs-core';
import { LetheError } from '../../base/errors.js';
import type { ActivationPoint } from '../classifier.js';
import { bottlenecks } from '../order.js';
import type { Backend } from '../tfjs/backend.js';
import type { EditedTensors, Network } from '../tfjs/network.js';
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
  const run = (from: string, value: tfc.Tensor, wanted: readonly string[], weights: EditedTensors): tfc.Tensor[] => {
    const asked = [...new Set(wanted)].filter((name) => name !== from);
    const feeds = { ...Object.fromEntries(weights), [from]: value };
    const found = asked.length > 0 ? [model.execute(feeds, asked)].flat() : [];
    const values = new Map([[from, value], ...asked.map((name, i) => [name, found[i]] as const)]);
    return wanted.map((name) => values.get(name) as tfc.Tensor);
  };
  const points = bottlenecks(graph.nodes, source, graph.output).filter((value) => {
    const node = graph.makerOf(value);
    return node && value === node.name && node.op !== 'Identity' && !blocked.has(value);
  });
  const [logits, ...shapes] = probe(backend, facts, run, [graph.output, ...points]);
  const classCount = refuseOtherThanClasses(facts, logits);
  return {
    ...facts,
    classCount,
    source,
    logits: graph.output,
    activations: points.flatMap((point, i) => activation(facts, point, shapes[i])),
    run,
    dispose: () => model.dispose(),
  };
}

/** The shapes of some values for one sample of zeros. */
function probe(backend: Backend, facts: GraphFacts, run: Network['run'], values: readonly string[]): number[][] {
  const { input, inputType, batch, graph } = facts;
  const guess = input.dims.length === 4 ? GUESSED_IMAGE : GUESSED_LENGTH;
  const shape = [batch ?? 1, ...input.dims.slice(1).map((size) => size ?? guess)];
  const { tf } = backend;
  let shapes: number[][] = [];
  backend.run(() =>
    tf.tidy(() => {
      shapes = run(graph.input.name, tf.zeros(shape, inputType), values, new Map()).map((value) => value.shape);
    }),
  );
  return shapes;
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
