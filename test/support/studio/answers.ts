import {
  type BoundaryMap,
  type BoundaryResult,
  type ClassFocus,
  type ClassMap,
  FOCUS_SAMPLES,
  type FocusResult,
  type SaliencyResult,
} from '../../../src/contract/explain.js';
import type { FromStudio } from '../../../src/contract/studio.js';
import type { Picture, SampleRef } from '../../../src/contract/terms.js';
import type { StudioPage } from './page.js';

/** The class that the example run forgot, and what its samples are taken for now. */
export const SHIRT = 6;
export const PULLOVER = 2;
/** Samples of each class. */
export const COUNT = 1000;

type Ask = FromStudio & { kind: 'ask' };

/** Questions that the page has asked since the last look, in order. */
export async function asked(studio: StudioPage): Promise<Ask[]> {
  return (await studio.sent()).filter((message): message is Ask => message.kind === 'ask');
}

/** The answer of a host that knows everything; undefined leaves a question open. */
export type Host = (name: string, question: never) => unknown;

/** Answers until nothing more is asked. @returns what was asked. */
export async function answerAll(studio: StudioPage, host: Host = answerTo): Promise<Ask[]> {
  const all: Ask[] = [];
  for (;;) {
    // The page draws itself anew in the next frame, and may ask more then.
    await studio.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)))');
    const questions = await asked(studio);
    if (questions.length === 0) return all;
    all.push(...questions);
    for (const { id, name, question } of questions) {
      const answer = host(name, question as never);
      if (answer !== undefined) await studio.receive({ kind: 'answer', id, answer, isFinal: true });
    }
  }
}

/** Answers about the example run. */
export function answerTo(
  name: string,
  question: { sample: SampleRef; target?: number; classes: number[]; anchors?: SampleRef[] },
): unknown {
  if (name === 'saliency') return saliencyAnswer(question.sample, question.target);
  if (name === 'focus') return focusAnswer(question.classes);
  return name === 'boundary' ? planeAnswer(129, question.anchors) : undefined;
}

/** The same without a run. */
export function answerBefore(name: string, question: Parameters<typeof answerTo>[1]): unknown {
  if (name === 'saliency') return { ...saliencyAnswer(question.sample, question.target), after: null, kept: null };
  return name === 'boundary' ? { ...planeAnswer(129, question.anchors), after: null } : undefined;
}

/** A grey garment of 28 x 28 pixels, a little different for each sample. */
export function picture({ class: index, nth }: SampleRef): Picture {
  const rgb = new Uint8Array(28 * 28 * 3);
  for (let row = 0; row < 28; row++) {
    for (let column = 0; column < 28; column++) {
      const isBody = column > 6 + (index % 3) && column < 21 - (nth % 3) && row > 2;
      const isSleeve = row > 3 && row < 16 - index && Math.abs(column - 13.5) < 12;
      rgb.fill(
        isBody || isSleeve ? 120 + ((row * 7 + column * 13 + nth * 29) % 90) : 0,
        3 * (28 * row + column),
        3 * (28 * row + column) + 3,
      );
    }
  }
  return { width: 28, height: 28, rgb };
}

/** What is left of the focus of a forgotten class, and of a kept one. */
const LEFT = { forgotten: 0.125, kept: 0.875 };

export function saliencyAnswer(sample: SampleRef, target = sample.class): SaliencyResult {
  const isForgotten = sample.class === SHIRT;
  const left = target === SHIRT ? LEFT.forgotten : LEFT.kept;
  const before = map((row, column) => Math.max(0, 2 - 0.4 * Math.hypot(row - 1, column - 1 - (sample.nth % 3))));
  const after = before.values.map((value) => value * left);
  return {
    sample,
    count: COUNT,
    split: 'test',
    picture: picture(sample),
    target,
    activation: 'add_relu',
    before: {
      ...before,
      logit: 7.25 + sample.nth / 100,
      probability: 0.931,
      predicted: sample.class,
      confidence: 0.931,
    },
    after: {
      ...before,
      values: after,
      mass: before.mass * left,
      logit: isForgotten ? -1.5 : 7,
      probability: 0.2,
      predicted: isForgotten ? PULLOVER : sample.class,
      confidence: 0.61,
    },
    kept: left,
  };
}

function map(value: (row: number, column: number) => number): ClassMap {
  const values = Float32Array.from({ length: 49 }, (_, at) => value(Math.floor(at / 7), at % 7));
  const mass = values.reduce((sum, entry) => sum + entry, 0);
  return { width: 7, height: 7, values, mass, logit: 0, probability: 0, predicted: 0, confidence: 0 };
}

export function focusAnswer(classes: readonly number[]): FocusResult {
  return {
    activation: 'add_relu',
    classes: classes.map(
      (index): ClassFocus => ({
        class: index,
        samples: FOCUS_SAMPLES,
        kept: index === SHIRT ? 0.031 : 0.9 - 0.02 * (index % 10),
        keptByPlace: index === SHIRT ? 0.104 : 0.85 - 0.02 * (index % 10),
        massBefore: 3,
        massAfter: 2,
        logitBefore: 6 + index / 10,
        logitAfter: index === SHIRT ? -1.25 : 5.5 + index / 10,
      }),
    ),
  };
}

const ANCHORS: readonly SampleRef[] = [
  { class: SHIRT, nth: 0 },
  { class: PULLOVER, nth: 0 },
  { class: 0, nth: 0 },
];
const PLANE = { x: [-0.3, 1.3], y: [-0.3, 1.3] } as const;
const PLACES = [
  [0, 0],
  [1, 0],
  [0.5, 0.87],
] as const;

/** The plane through three samples: before, each has what is nearest to it; after, the shirt's part is divided at x = 0. */
export function planeAnswer(size: number, anchors: readonly SampleRef[] = ANCHORS): BoundaryResult {
  const before = grid(size, PLANE, (x, y) => {
    const distances = PLACES.map(([left, bottom]) => Math.hypot(x - left, y - bottom));
    const nearest = distances.indexOf(Math.min(...distances));
    return [anchors[nearest].class, 1 - 0.6 * distances[nearest]];
  });
  return {
    kind: 'plane',
    size,
    ...PLANE,
    xLabel: 'from the first sample to the second',
    yLabel: 'towards the third sample',
    before,
    after: {
      classes: before.classes.map((index, at) =>
        index === SHIRT ? (at % size < (0.3 / 1.6) * (size - 1) ? 0 : PULLOVER) : index,
      ),
      confidence: before.confidence.map((value) => value * 0.8),
    },
    points: { x: new Float32Array(), y: new Float32Array(), classes: new Uint16Array() },
    anchors: anchors.map((sample, at) => ({
      ...sample,
      x: PLACES[at][0],
      y: PLACES[at][1],
      count: COUNT,
      picture: picture(sample),
    })),
  };
}

/** Two features: four quadrants before, and the first one's share between its neighbours after; 25 points of each class. */
export function featuresAnswer(size: number): BoundaryResult {
  const region = { x: [-2, 2], y: [-2, 2] } as const;
  const quadrant = (x: number, y: number) => (x < 0 ? (y >= 0 ? 0 : 2) : y >= 0 ? 1 : 3);
  const points = Array.from({ length: 100 }, (_, at) => {
    const [left, up] = [at % 2 === 0 ? -1 : 1, at % 4 < 2 ? 1 : -1];
    return { x: left + 0.3 * Math.cos(at), y: up + 0.3 * Math.sin(2.4 * at) };
  });
  return {
    kind: 'features',
    size,
    ...region,
    xLabel: 'first feature',
    yLabel: 'second feature',
    before: grid(size, region, (x, y) => [quadrant(x, y), 0.95]),
    after: grid(size, region, (x, y) => [quadrant(x, y) === 0 ? (-x > y ? 2 : 1) : quadrant(x, y), 0.9]),
    points: {
      x: Float32Array.from(points, ({ x }) => x),
      y: Float32Array.from(points, ({ y }) => y),
      classes: Uint16Array.from(points, ({ x, y }) => quadrant(x, y)),
    },
    anchors: [],
  };
}

function grid(
  size: number,
  { x, y }: { x: readonly [number, number]; y: readonly [number, number] },
  answer: (x: number, y: number) => readonly [number, number],
): BoundaryMap {
  const answers = Array.from({ length: size * size }, (_, at) =>
    answer(
      x[0] + ((x[1] - x[0]) * (at % size)) / (size - 1),
      y[0] + ((y[1] - y[0]) * Math.floor(at / size)) / (size - 1),
    ),
  );
  return {
    classes: Uint16Array.from(answers, ([index]) => index),
    confidence: Float32Array.from(answers, ([, confidence]) => Math.max(0.2, confidence)),
  };
}
