import { ArrayStore } from '../../base/arrayStore.js';
import type { Matrix } from '../../linalg/matrix.js';
import type { LayerId } from '../../linalg/weightEdits.js';
import type { Classifier, Layer } from '../../models/classifier.js';
import { type Affine, outputsOf, withoutClasses } from '../../unlearn/refit.js';
import type { ActivationStream, Side, VectorBatch } from '../../unlearn/stream.js';
import type { RunBasis } from './basis.js';
import { stacked } from './rows.js';
import { getMatrix, putMatrix, type StoredMatrix } from './storedMatrix.js';
import { indicesOf } from './targets.js';

/**
 * What layers are to give after a fit: on the retain side what they give in the original network, on the forget side what the
 * projection makes of it, which is not kept here. The last layer gives on both sides what it gave, but that the logits of
 * forgotten classes are as small as any. Dispose of it when done.
 */
export class WantedOutputs {
  /** The layer that gives the logits, if it is edited. */
  readonly last: Layer | null;
  readonly #classifier: Classifier;
  readonly #layers: ReadonlyMap<LayerId, Layer>;
  /** Classes whose logits are to be as small as any. */
  readonly forgotten: readonly number[];
  readonly #store: ArrayStore;
  /** In the order in which the rows came by. */
  readonly #parts = new Map<string, StoredMatrix[]>();

  /** @param memory bytes; beyond them outputs lie in a scratch file. */
  constructor({ session: { classifier }, layers, targets }: RunBasis, memory: number) {
    this.#classifier = classifier;
    this.#layers = new Map(layers.map((layer) => [layer.id, layer]));
    this.last = lastLayer(classifier, layers);
    this.forgotten = indicesOf([...targets.forget, ...targets.earlier]);
    this.#store = new ArrayStore(memory);
  }

  /** The same stream: what layers are to give is found as their rows pass by. */
  passing(stream: ActivationStream): ActivationStream {
    const passed = this.#passed.bind(this);
    return {
      count: (side, problem) => stream.count(side, problem),
      async *vectors(side, problems, signal) {
        const originals = new Map<LayerId, Affine>();
        for await (const batch of stream.vectors(side, problems, signal)) {
          await passed(side, batch, originals, signal);
          yield batch;
        }
      },
    };
  }

  /** n x out, for the rows of a side; null for what the projected layer gives. */
  async get(layer: Layer, side: Side, signal?: AbortSignal): Promise<Matrix | null> {
    const parts: Matrix[] = [];
    for (const part of this.#parts.get(keyOf(side, layer.id)) ?? []) {
      parts.push(await getMatrix(this.#store, part, signal));
    }
    return parts.length > 0 ? stacked(parts) : null;
  }

  /** Whether a layer gives the logits. */
  isLast({ id }: Layer): boolean {
    return id === this.last?.id;
  }

  async dispose(): Promise<void> {
    this.#parts.clear();
    await this.#store.dispose();
  }

  async #passed(
    side: Side,
    { problem, vectors }: VectorBatch,
    originals: Map<LayerId, Affine>,
    signal?: AbortSignal,
  ): Promise<void> {
    const layer = this.#layers.get(problem)!;
    if (side === 'forget' && !this.isLast(layer)) return;
    const read = async () => ({
      weight: await this.#classifier.readWeight(problem),
      bias: await this.#classifier.readBias(problem),
    });
    const original = originals.get(problem) ?? (await read());
    originals.set(problem, original);
    const outputs = await outputsOf(layer, original, vectors, signal);
    const wanted = this.isLast(layer) ? withoutClasses(outputs, this.forgotten) : outputs;
    const key = keyOf(side, problem);
    this.#parts.set(key, [...(this.#parts.get(key) ?? []), await putMatrix(this.#store, wanted, signal)]);
  }
}

function keyOf(side: Side, layer: LayerId): string {
  return `${side}/${layer}`;
}

/** The layer that gives the logits, if it is among these. */
function lastLayer({ classCount, stages }: Classifier, layers: readonly Layer[]): Layer | null {
  const id = stages.at(-1)?.layers.at(-1);
  return layers.find((layer) => layer.id === id && layer.out === classCount && layer.groups === 1) ?? null;
}
