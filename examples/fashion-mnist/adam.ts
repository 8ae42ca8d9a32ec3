import { type Tensor, tensor, type Variable } from '@tensorflow/tfjs-core';

/** What has to be kept to go on later as if nothing had happened. */
export interface AdamState {
  readonly steps: number;
  /** Running means of the gradients and of their squares, parameter by parameter. */
  readonly means: Float32Array[];
  readonly squares: Float32Array[];
}

const meanDecay = 0.9;
const squareDecay = 0.999;
const epsilon = 1e-8;

/**
 * The Adam optimiser (Kingma and Ba 2015). TensorFlow.js has one, but its state can't be restored exactly, and for a network this
 * small its dozen operations a parameter cost more than the sums they do.
 */
export class Adam {
  readonly #parameters: readonly Variable[];
  #steps = 0;
  #means: Float32Array[];
  #squares: Float32Array[];

  constructor(parameters: readonly Variable[]) {
    this.#parameters = parameters;
    this.#means = parameters.map(({ size }) => new Float32Array(size));
    this.#squares = parameters.map(({ size }) => new Float32Array(size));
  }

  get state(): AdamState {
    return { steps: this.#steps, means: this.#means, squares: this.#squares };
  }

  set state({ steps, means, squares }: AdamState) {
    this.#steps = steps;
    this.#means = means;
    this.#squares = squares;
  }

  /** Moves every parameter one step down its gradient (by the variable's name). */
  update(gradients: Record<string, Tensor>, learningRate: number): void {
    this.#steps++;
    const meanScale = 1 / (1 - meanDecay ** this.#steps);
    const squareScale = 1 / (1 - squareDecay ** this.#steps);
    this.#parameters.forEach((parameter, index) => {
      const gradient = gradients[parameter.name].dataSync();
      const mean = this.#means[index];
      const square = this.#squares[index];
      const values = parameter.dataSync().slice();
      for (let i = 0; i < values.length; i++) {
        mean[i] += (1 - meanDecay) * (gradient[i] - mean[i]);
        square[i] += (1 - squareDecay) * (gradient[i] * gradient[i] - square[i]);
        const direction = (mean[i] * meanScale) / (Math.sqrt(square[i] * squareScale) + epsilon);
        values[i] -= learningRate * direction;
      }
      const next = tensor(values, parameter.shape);
      parameter.assign(next);
      next.dispose();
    });
  }
}
