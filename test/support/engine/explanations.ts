import type { BoundaryMap } from '../../../src/contract/explain.js';
import type { Picture } from '../../../src/contract/terms.js';
import { encodePng } from '../../../src/data/images/encode.js';
import type { BoundaryView, Explanations, Image, SampleSaliency } from '../../../src/report/explanations.js';
import { differenceOver, heatOver } from '../../../src/report/paint/heat.js';
import { classColors, paintRegions, regionsOf } from '../../../src/report/paint/regions.js';

/** What explains `exampleRecord`, with pictures that were made up; those of Shirt only if asked for. */
export async function exampleExplanations(forgottenPictures: boolean): Promise<Explanations> {
  const shirt = 6;
  const mayShow = (index: number) => forgottenPictures || index !== shirt;
  const samples: SampleSaliency[] = [];
  for (const [index, nth, kept] of [
    [shirt, 0, 0.125],
    [shirt, 1, 0],
    [0, 0, 0.9375],
    [4, 0, 0.8],
  ] as const) {
    samples.push({
      sample: { class: index, nth },
      count: 1000,
      before: { logit: 7.25, probability: 0.82, predicted: index, confidence: 0.82 },
      after: {
        logit: -1.5 + 8 * kept,
        probability: 0.8 * kept,
        predicted: index === shirt ? 2 : index,
        confidence: 0.6,
      },
      kept,
      pictures: mayShow(index) ? await pictures(index, kept) : null,
    });
  }
  const classes = [6, 0, 4, 2].map((index) => ({
    class: index,
    samples: 10,
    kept: index === shirt ? 0.0625 : 0.9,
    keptByPlace: index === shirt ? 0.03125 : 0.8,
    massBefore: 3.5,
    massAfter: index === shirt ? 0.25 : 3.25,
    logitBefore: 6.5,
    logitAfter: index === shirt ? -1.25 : 6.25,
  }));
  return {
    saliency: { activation: 'add_relu', split: 'test', samples },
    focus: { activation: 'add_relu', classes },
    boundary: await plane(mayShow),
    forgottenPictures,
  };
}

async function pictures(index: number, kept: number): Promise<SampleSaliency['pictures']> {
  const picture = samplePicture(index);
  const map = (strength: number) => ({
    width: 4,
    height: 4,
    values: Float32Array.from({ length: 16 }, (_, at) => (at % 5 === index % 5 ? strength : strength / 4)),
  });
  return {
    sample: await png(picture),
    before: await png(heatOver(picture, map(1), 1)),
    after: await png(heatOver(picture, map(kept), 1)),
    difference: await png(differenceOver(picture, map(1), map(kept), 1)),
  };
}

async function plane(mayShow: (index: number) => boolean): Promise<BoundaryView> {
  const size = 33;
  const map = (forgets: boolean): BoundaryMap => {
    const cells = Array.from({ length: size * size }, (_, at) => ({ x: at % size, y: Math.floor(at / size) }));
    const classes = cells.map(({ x, y }) => (y > 16 ? 2 : x > 16 ? 0 : forgets ? (x > y ? 0 : 2) : 6));
    return { classes: Uint16Array.from(classes), confidence: new Float32Array(size * size).fill(0.7) };
  };
  const [before, after] = [map(false), map(true)];
  const colors = classColors([before, after]);
  const side = async (of: BoundaryMap) => ({
    image: await png(paintRegions(of, size, colors)),
    regions: regionsOf(of, size),
  });
  const anchor = async (index: number, x: number, y: number) => ({
    ...{ class: index, nth: 0, x, y },
    picture: mayShow(index) ? await png(samplePicture(index)) : null,
  });
  return {
    ...{ kind: 'plane', size, x: [-0.5, 1.5], y: [-0.5, 1.5], colors },
    ...{ xLabel: 'from the first sample to the second', yLabel: 'towards the third sample' },
    before: await side(before),
    after: await side(after),
    takeovers: [
      {
        class: 6,
        points: 289,
        to: [
          { class: 2, points: 153 },
          { class: 0, points: 136 },
        ],
      },
    ],
    points: [],
    anchors: [await anchor(6, 0, 0), await anchor(0, 1, 0), await anchor(2, 0.25, 0.9)],
  };
}

/** Stripes whose width tells the class. */
export function samplePicture(index: number): Picture {
  const rgb = Uint8Array.from({ length: 28 * 28 * 3 }, (_, at) =>
    Math.floor(at / 3 / (index + 2)) % 2 === 0 ? 30 : 200,
  );
  return { width: 28, height: 28, rgb };
}

async function png({ width, height, rgb }: Picture): Promise<Image> {
  const { bytes, ...size } = await encodePng({ width, height, data: rgb }, { atLeast: 1, atMost: 1000 });
  return { ...size, png: bytes };
}
