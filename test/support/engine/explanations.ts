import type { BoundaryMap, BoundaryResult, SaliencyResult } from '../../../src/contract/explain.js';
import type { Picture } from '../../../src/contract/terms.js';
import { boundaryView } from '../../../src/engine/explain/report/boundary.js';
import { saliencyView } from '../../../src/engine/explain/report/saliency.js';
import type { Explanations } from '../../../src/report/explanations.js';
import { exampleRecord } from './runRecord.js';

const SHIRT = 6;

/** What explains `exampleRecord`, with pictures that were made up; those of Shirt only if asked for. */
export async function exampleExplanations(forgottenPictures: boolean): Promise<Explanations> {
  const context = { record: exampleRecord(), mayShow: (index: number) => forgottenPictures || index !== SHIRT };
  const samples = [
    [SHIRT, 0, 0.125],
    [SHIRT, 1, 0],
    [0, 0, 0.9375],
    [4, 0, 0.8],
  ] as const;
  const classes = [6, 0, 4, 2].map((index) => ({
    class: index,
    samples: 10,
    kept: index === SHIRT ? 0.0625 : 0.9,
    keptByPlace: index === SHIRT ? 0.03125 : 0.8,
    massBefore: 3.5,
    massAfter: index === SHIRT ? 0.25 : 3.25,
    logitBefore: 6.5,
    logitAfter: index === SHIRT ? -1.25 : 6.25,
  }));
  return {
    saliency: await saliencyView(
      samples.map(([index, nth, kept]) => saliencyOf(index, nth, kept)),
      context,
    ),
    focus: { activation: 'add_relu', classes },
    boundary: await boundaryView(examplePlane(), context),
    forgottenPictures,
  };
}

/** A sample of which so much of the focus is left. */
function saliencyOf(index: number, nth: number, kept: number) {
  const map = (
    strength: number,
    answer: { logit: number; probability: number; predicted: number; confidence: number },
  ) => {
    const values = Float32Array.from({ length: 16 }, (_, at) => (at % 5 === index % 5 ? strength : strength / 4));
    return { width: 4, height: 4, values, mass: values.reduce((sum, value) => sum + value, 0), ...answer };
  };
  return {
    sample: { class: index, nth },
    ...{ count: 1000, split: 'test', picture: samplePicture(index), target: index, activation: 'add_relu', kept },
    before: map(1, { logit: 7.25, probability: 0.82, predicted: index, confidence: 0.82 }),
    after: map(kept, {
      ...{ logit: -1.5 + 8 * kept, probability: 0.8 * kept, confidence: 0.6 },
      predicted: index === SHIRT ? 2 : index,
    }),
  } as const satisfies SaliencyResult;
}

/** Three regions before; after, that of Shirt is divided along its diagonal. */
function examplePlane(): BoundaryResult & { readonly after: BoundaryMap } {
  const size = 33;
  const map = (forgets: boolean): BoundaryMap => {
    const cells = Array.from({ length: size * size }, (_, at) => ({ x: at % size, y: Math.floor(at / size) }));
    const classes = cells.map(({ x, y }) => (y > 16 ? 2 : x > 16 ? 0 : forgets ? (x > y ? 0 : 2) : SHIRT));
    return { classes: Uint16Array.from(classes), confidence: new Float32Array(size * size).fill(0.7) };
  };
  const anchor = (index: number, x: number, y: number) => ({
    ...{ class: index, nth: 0, x, y, count: 1000 },
    picture: samplePicture(index),
  });
  return {
    ...{ kind: 'plane', size, x: [-0.5, 1.5], y: [-0.5, 1.5] },
    ...{ xLabel: 'from the first sample to the second', yLabel: 'towards the third sample' },
    before: map(false),
    after: map(true),
    points: { x: new Float32Array(), y: new Float32Array(), classes: new Uint16Array() },
    anchors: [anchor(SHIRT, 0, 0), anchor(0, 1, 0), anchor(2, 0.25, 0.9)],
  };
}

/** Stripes whose width tells the class. */
export function samplePicture(index: number): Picture {
  const rgb = Uint8Array.from({ length: 28 * 28 * 3 }, (_, at) =>
    Math.floor(at / 3 / (index + 2)) % 2 === 0 ? 30 : 200,
  );
  return { width: 28, height: 28, rgb };
}
