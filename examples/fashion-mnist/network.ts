import { dropout, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type NormalisedBatch, normaliseBatch } from './batchNormalisation.js';

export type Layer = LayersModel['layers'][number];

/** One layer of a network and the names of the layers it reads. */
export interface Step {
  readonly layer: Layer;
  readonly inputs: readonly string[];
}

/** The batch statistics that each normalisation layer has just used. */
export type Statistics = Map<Layer, NormalisedBatch>;

/** The layers of a model in forward order, the input first. Every layer must be used once. */
export function stepsOf(model: LayersModel): Step[] {
  return model.layers.map((layer) => ({
    layer,
    inputs: layer.inboundNodes[0].inboundLayers.map(({ name }) => name),
  }));
}

/** A number in a layer's configuration, such as `epsilon`. */
export function setting(layer: Layer, name: string): number {
  return layer.getConfig()[name] as number;
}

/** Runs a batch through the network in learning mode: batch statistics in normalisation, dropout on. */
export function learningPass(
  steps: readonly Step[],
  batch: Tensor,
  dropoutSeed: number,
): { logits: Tensor; statistics: Statistics } {
  const outputs = new Map<string, Tensor>();
  const statistics: Statistics = new Map();
  let last = batch;
  for (const { layer, inputs } of steps) {
    last = runLayer(
      layer,
      inputs.map((name) => outputs.get(name)!),
    );
    outputs.set(layer.name, last);
  }
  return { logits: last, statistics };

  function runLayer(layer: Layer, sources: Tensor[]): Tensor {
    switch (layer.getClassName()) {
      case 'InputLayer':
        return batch;
      case 'BatchNormalization': {
        const [gamma, beta] = layer.trainableWeights.map((weight) => weight.read());
        const normalised = normaliseBatch(sources[0], gamma, beta, setting(layer, 'epsilon'));
        statistics.set(layer, normalised);
        return normalised.y;
      }
      case 'Dropout':
        return dropout(sources[0], setting(layer, 'rate'), undefined, dropoutSeed);
      default:
        return layer.apply(sources.length === 1 ? sources[0] : sources) as Tensor;
    }
  }
}

/** Moves each normalisation layer's running mean and variance towards the batch's. */
export function updateStatistics(statistics: Statistics): void {
  for (const [layer, { mean, variance }] of statistics) {
    const momentum = setting(layer, 'momentum');
    for (const [index, batchValues] of [mean, variance].entries()) {
      const weight = layer.nonTrainableWeights[index];
      const old = weight.read().dataSync();
      weight.write(tensor1d(old.map((value, c) => momentum * value + (1 - momentum) * batchValues[c])));
    }
  }
}
