import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { Matrix as DenseMatrix, EigenvalueDecomposition, inverse } from 'ml-matrix';
import { ModelProtoSchema } from 'onnx-buf';
import { expect, it } from 'vitest';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { projectedWeight, relativeError } from '../../support/mathematics/svdReference.js';
import { leaveShapes, leftShapes, shapeWeights } from '../../support/models/shapes.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

/**
 * A run on the small network against docs/method.md, in float64 and with nothing of Lethe's own in it: convolutions, spaces and
 * fits are computed here, from the images to the new weights.
 */

let folder: string;
inShapesFolder((made) => {
  folder = made;
});

const SIDE = 10;
const HALF = 5;
const [ALPHA_R, ALPHA_F] = [30, 10];
const LEFT = 0.2 * Math.log10(ALPHA_R);

/** Images or feature maps of some samples: each channels x side x side. */
interface Maps {
  readonly channels: number;
  readonly side: number;
  readonly samples: readonly Float64Array[];
}

/** What a convolution of 3 x 3 with padding reads, a row for each position. */
function patches({ channels, side, samples }: Maps): Matrix {
  const out = matrix(samples.length * side * side, channels * 9);
  let at = 0;
  for (const map of samples) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        for (let c = 0; c < channels; c++) {
          for (let k = 0; k < 9; k++) {
            const [row, col] = [y + Math.floor(k / 3) - 1, x + (k % 3) - 1];
            const isInside = row >= 0 && col >= 0 && row < side && col < side;
            out.data[at++] = isInside ? map[(c * side + row) * side + col] : 0;
          }
        }
      }
    }
  }
  return out;
}

/** Its outputs after a ReLU, as maps again. */
function convolved(maps: Maps, weight: DenseMatrix): Maps {
  const [area, channels] = [maps.side ** 2, weight.rows];
  const products = dense(patches(maps)).mmul(weight.transpose());
  const samples = maps.samples.map((_, sample) => {
    const map = new Float64Array(channels * area);
    for (let p = 0; p < area; p++) {
      for (let c = 0; c < channels; c++) map[c * area + p] = Math.max(0, products.get(sample * area + p, c));
    }
    return map;
  });
  return { channels, side: maps.side, samples };
}

function pooled({ channels, samples }: Maps): Maps {
  const halves = samples.map((map) => {
    const half = new Float64Array(channels * HALF * HALF);
    for (let at = 0; at < half.length; at++) {
      const [c, y, x] = [Math.floor(at / (HALF * HALF)), Math.floor(at / HALF) % HALF, at % HALF];
      const corner = (c * SIDE + 2 * y) * SIDE + 2 * x;
      half[at] = Math.max(map[corner], map[corner + 1], map[corner + SIDE], map[corner + SIDE + 1]);
    }
    return half;
  });
  return { channels, side: HALF, samples: halves };
}

const flat = ({ samples }: Maps): Matrix =>
  matrix(samples.length, samples[0].length, Float32Array.from(samples.flatMap((map) => [...map])));

function dense({ rows, cols, data }: Matrix): DenseMatrix {
  return new DenseMatrix(Array.from({ length: rows }, (_, r) => Array.from(data.subarray(r * cols, (r + 1) * cols))));
}

/** P(alpha) of the space of some vectors: from the eigenvectors of their second moment, whose eigenvalues add up to 1. */
function projection(vectors: Matrix, alpha: number): DenseMatrix {
  const rows = dense(vectors);
  const moment = rows.transpose().mmul(rows);
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(moment.div(moment.trace()), {
    assumeSymmetric: true,
  });
  const scaled = realEigenvalues.map((s) => (alpha * s) / ((alpha - 1) * s + 1));
  return eigenvectorMatrix.mmul(DenseMatrix.diag(scaled)).mmul(eigenvectorMatrix.transpose());
}

interface Fit {
  readonly weight: Matrix;
  readonly bias: Float32Array | null;
  /** What the layer reads in the original network. */
  readonly before: { readonly retain: Matrix; readonly forget: Matrix };
  /** And in the network whose earlier layers are edited. */
  readonly now: { readonly retain: Matrix; readonly forget: Matrix };
  /** What it is to give instead of what it gave; on the forget side that is what the projection gives. */
  readonly lowered?: (logits: DenseMatrix) => DenseMatrix;
  readonly mu: number;
}

/** The new weight, with the new bias as one more column where there is one. */
function fitted({ weight, bias, before, now, lowered, mu }: Fit): DenseMatrix {
  const [retainSpace, forgetSpace] = [projection(before.retain, ALPHA_R), projection(before.forget, ALPHA_F)];
  const square = dense(now.retain).pow(2).mean();
  const one = Math.sqrt(square);
  const withBias = (rows: DenseMatrix) => {
    return bias ? rows.clone().addColumn([...bias].map((value) => value / one)) : rows;
  };
  const withOne = (rows: Matrix) => {
    return bias ? dense(rows).addColumn(new Array(rows.rows).fill(one)) : dense(rows);
  };
  const original = withBias(dense(weight));
  const projected = withBias(projectedWeight(weight, retainSpace, forgetSpace));
  // Of the class to forget, the last layer holds on to nothing.
  if (lowered) projected.setRow(0, projected.subMatrix(1, projected.rows - 1, 0, projected.columns - 1).mean('column'));
  const [xr, xf] = [withOne(now.retain), withOne(now.forget)];
  const outputs = (inputs: Matrix, layer: DenseMatrix) => withOne(inputs).mmul(layer.transpose());
  const wanted = {
    retain: lowered ? lowered(outputs(before.retain, original)) : outputs(before.retain, original),
    forget: lowered ? lowered(outputs(before.forget, original)) : xf.mmul(projected.transpose()),
  };
  const mean = (a: DenseMatrix, b: DenseMatrix) => a.transpose().mmul(b).div(a.rows);
  const ridge = DenseMatrix.eye(xr.columns).mul(mu * square);
  const left = DenseMatrix.add(mean(wanted.retain, xr), mean(wanted.forget, xf)).add(projected.mmul(ridge));
  const found = left.mmul(inverse(DenseMatrix.add(mean(xr, xr), mean(xf, xf)).add(ridge)));
  return bias ? found.mulColumn(found.columns - 1, one) : found;
}

/** Each sample's mean row, where each has as many. */
function sampleMeans({ rows, cols, data }: Matrix): DenseMatrix {
  const area = HALF * HALF;
  const means = DenseMatrix.zeros(rows / area, cols);
  for (let at = 0; at < data.length; at++) {
    const [sample, col] = [Math.floor(at / cols / area), at % cols];
    means.set(sample, col, means.get(sample, col) + data[at] / area);
  }
  return means;
}

/** Ridge regression of 1 (forget) and 0 (retain) without a constant, since the layer has no bias; a row. */
function detectorOf({ retain, forget }: { readonly retain: DenseMatrix; readonly forget: DenseMatrix }): DenseMatrix {
  const moment = (rows: DenseMatrix) =>
    rows
      .transpose()
      .mmul(rows)
      .div(2 * rows.rows);
  const ridge = DenseMatrix.eye(forget.columns).mul(0.1 * retain.clone().pow(2).mean());
  const wanted = DenseMatrix.rowVector(forget.mean('column')).div(2);
  return wanted.mmul(inverse(moment(retain).add(moment(forget)).add(ridge)));
}

/** How much larger channels are on average in images to forget. */
function channelGaps(maps: { readonly retain: Maps; readonly forget: Maps }): DenseMatrix {
  const [retain, forget] = [maps.retain, maps.forget].map(({ channels, samples }) => {
    const area = HALF * HALF;
    return Array.from({ length: channels }, (_, c) => {
      const sums = samples.map((map) => map.subarray(c * area, (c + 1) * area).reduce((sum, value) => sum + value, 0));
      return sums.reduce((sum, value) => sum + value, 0) / sums.length / area;
    });
  });
  return DenseMatrix.rowVector(forget.map((value, c) => value - retain[c]));
}

/** Each row's first logit lowered to its smallest. */
const withoutFirst = (logits: DenseMatrix) => {
  const rows = logits.to2DArray().map((row) => [Math.min(...row), ...row.slice(1)]);
  return new DenseMatrix(rows);
};

/** The values of a model file's initializer. */
async function initializer(file: string, name: string): Promise<Float32Array> {
  const model = fromBinary(ModelProtoSchema, await readFile(file));
  const { rawData, floatData } = model.graph!.initializer.find((one) => one.name === name)!;
  return rawData.length > 0 ? new Float32Array(Uint8Array.from(rawData).buffer) : Float32Array.from(floatData);
}

it.each([
  ['100 of each kept class', { 0: 40, 1: 100, 2: 100, 3: 100, 4: 100 }, 0.01],
  // Fewer samples than features, and so few of a class that the last layer is held where it was.
  ['12 of each kept class', { 1: 12, 2: 12, 3: 12, 4: 12 }, 4 / 48],
] as const)('a run comes to the weights that the method says, layer by layer: %s', async (_, left, lastMu) => {
  await leaveShapes(folder, left);
  const model = path.join(folder, 'shapes.onnx');
  const settings = { alphaR: [ALPHA_R], alphaF: [ALPHA_F], heldOut: 0, maxPatches: 1e6, forgetSamples: 120 };
  const { output } = await unlearn({ model, forget: ['Rows'], method: 'refit', ...settings, threads: 1 });

  const { pixels, labels } = leftShapes(left);
  const weights = await shapeWeights();
  const imagesOf = (isForgotten: boolean): Maps => {
    const chosen = [...labels.keys()].filter((at) => (labels[at] === 0) === isForgotten);
    const samples = chosen.map((at) =>
      Float64Array.from(pixels.subarray(at * 100, (at + 1) * 100), (value) => value / 255 - 0.45),
    );
    return { channels: 1, side: SIDE, samples };
  };
  const images = { retain: imagesOf(false), forget: imagesOf(true) };
  const both = <From, To>({ retain, forget }: { retain: From; forget: From }, of: (side: From) => To) => ({
    retain: of(retain),
    forget: of(forget),
  });

  const conv = matrix(8, 9, weights.conv);
  const seen = both(images, patches);
  const firstLayer = fitted({ weight: conv, bias: null, before: seen, now: seen, mu: 0.01 });

  const conv2 = matrix(12, 72, weights.conv2);
  const [first, firstNow] = [dense(conv), firstLayer].map((weight) =>
    both(images, (one) => pooled(convolved(one, weight))),
  );
  const second = both(first, patches);
  const secondNow = both(firstNow, patches);
  const secondLayer = fitted({ weight: conv2, bias: null, before: second, now: secondNow, mu: 0.01 });

  const written = async (name: string, rows: number) => {
    const values = await initializer(output, name);
    return dense(matrix(rows, values.length / rows, values));
  };
  expect(relativeError(await written('conv.weight', 8), firstLayer)).toBeLessThan(1e-3);
  const erased = await written('conv2.weight', 12);
  // What is taken out of the last hidden layer: along the detector, as much in each channel as leaves a share of the gap.
  const detector = detectorOf(both(secondNow, (rows) => sampleMeans(rows)));
  const taken = DenseMatrix.sub(secondLayer, erased);
  const amounts = taken.mmul(detector.transpose()).div(detector.mmul(detector.transpose()).get(0, 0));
  expect(relativeError(DenseMatrix.sub(secondLayer, amounts.mmul(detector)), erased)).toBeLessThan(1e-3);
  expect(relativeError(secondLayer, erased)).toBeGreaterThan(0.03);
  const gaps = (weight: DenseMatrix) => channelGaps(both(firstNow, (one) => convolved(one, weight)));
  const missed = DenseMatrix.sub(gaps(erased), gaps(secondLayer).mul(LEFT));
  expect(missed.norm() / gaps(secondLayer).norm()).toBeLessThan(0.03);

  const features = both(first, (one) => flat(convolved(one, dense(conv2))));
  const featuresNow = both(firstNow, (one) => flat(convolved(one, erased)));
  const head = matrix(5, 300, weights.dense);
  const lowered = withoutFirst;
  const lastLayer = fitted({
    ...{ weight: head, bias: weights.bias, before: features, now: featuresNow, lowered, mu: lastMu },
  });

  const lastWritten = (await written('dense.weight', 5)).addColumn([...(await initializer(output, 'dense.bias'))]);
  expect(relativeError(lastWritten, lastLayer)).toBeLessThan(1e-3);
  // The tolerance tells: without the fits, or without one of its sides, they would be others.
  expect(relativeError(dense(conv2), secondLayer)).toBeGreaterThan(0.05);
  expect(relativeError(dense(head), lastLayer.subMatrix(0, 4, 0, 299))).toBeGreaterThan(0.05);
});
