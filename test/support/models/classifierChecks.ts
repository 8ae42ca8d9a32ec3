import { Random } from '../../../src/base/random.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import type { Tensor } from '../../../src/linalg/tensor.js';
import type { LayerEdit, LayerId } from '../../../src/linalg/weightEdits.js';
import type { Classifier, Layer, Site } from '../../../src/models/classifier.js';
import { inputVectors, positionCount } from '../../../src/models/unfold.js';
import { normals } from '../data/arrays.js';

/** What a layer should give at one of its sites: W x at every position, n x out, computed here in float64. */
export async function layerProducts(classifier: Classifier, layer: Layer, site: Site, tap: Tensor): Promise<Matrix> {
  const weight = await classifier.readWeight(layer.id);
  if (weight.rows !== layer.out || weight.cols !== layer.in) throw new RangeError('the weight has other sizes');
  const count = positionCount(site.geometry, tap.dims);
  const positions = Array.from({ length: count }, (_, i) => i);
  const vectors = inputVectors(layer, site.geometry, tap, positions);
  const products = matrix(count, layer.out);
  const rowsPerGroup = layer.out / layer.groups;
  for (let position = 0; position < count; position++) {
    for (let row = 0; row < layer.out; row++) {
      const group = Math.floor(row / rowsPerGroup);
      let sum = 0;
      for (let column = 0; column < layer.in; column++) {
        sum += weight.data[row * layer.in + column] * vectors.data[position * vectors.cols + group * layer.in + column];
      }
      products.data[position * layer.out + row] = sum;
    }
  }
  return products;
}

/** What a layer should give: its products plus its bias, given `out` values, after every row. */
export function biased({ cols, data }: Matrix, bias: ArrayLike<number>): Float32Array {
  return data.map((value, i) => value + bias[i % cols]);
}

/** Random new weights for layers of a model, all unless told otherwise, and new biases where they have some. */
export function randomEdits(
  { layers }: Pick<Classifier, 'layers'>,
  seed: number,
  ids: readonly string[] = layers.map(({ id }) => id),
): Map<LayerId, LayerEdit> {
  const random = new Random(seed);
  const values = (count: number) => normals(count, random).map((value) => value / 4);
  const edits = layers.map(({ id, in: cols, out: rows, hasBias }): [LayerId, LayerEdit] => {
    const weight = { rows, cols, data: values(rows * cols) };
    return [id, hasBias ? { weight, bias: values(rows) } : { weight }];
  });
  return new Map(edits.filter(([id]) => ids.includes(id)));
}

/** A channels-first tensor with its channels at the end. */
export function channelsLast({ dims, data }: Tensor): Float32Array {
  const [samples, channels, ...spatial] = dims;
  const area = spatial.reduce((product, size) => product * size, 1);
  const moved = new Float32Array(data.length);
  for (let n = 0; n < samples; n++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < area; i++) moved[(n * area + i) * channels + c] = data[(n * channels + c) * area + i];
    }
  }
  return moved;
}
