import { Random } from '../../../base/random.js';
import type { BoundaryMap, BoundaryResult } from '../../../contract/explain.js';
import type { Work } from '../../../contract/progress.js';
import type { BoundarySide, BoundaryView } from '../../../report/explanations.js';
import { type ClassColor, classColors, paintRegions, regionsOf } from '../../../report/paint/regions.js';
import { boundaryOf } from '../boundary.js';
import type { ExplainContext } from './context.js';
import { imageOf } from './image.js';

/** Samples that are drawn at most. */
const MOST_POINTS = 600;

/** Which class both models give where. Samples of classes that may not be shown are left out. @throws LetheError as `boundaryOf`. */
export async function boundaryView({ pair, record, mayShow }: ExplainContext, work: Work): Promise<BoundaryView> {
  const result = await boundaryOf(pair, {}, work);
  const { kind, size, x, y, xLabel, yLabel, before } = result;
  const after = result.after!;
  const colors = classColors([before, after]);
  const forgotten = record.result.perClass.filter((entry) => entry.role !== 'retain').map((entry) => entry.index);
  const anchors: BoundaryView['anchors'][number][] = [];
  for (const { class: index, nth, picture, ...place } of result.anchors) {
    const isShown = picture.width > 0 && mayShow(index);
    anchors.push({ class: index, nth, x: place.x, y: place.y, picture: isShown ? await imageOf(picture) : null });
  }
  return {
    ...{ kind, size, x, y, xLabel, yLabel, colors, anchors },
    before: await sideOf(before, size, colors),
    after: await sideOf(after, size, colors),
    takeovers: forgotten.flatMap((index) => takeoverOf(index, before, after)),
    points: pointsOf(result, mayShow),
  };
}

async function sideOf(map: BoundaryMap, size: number, colors: readonly ClassColor[]): Promise<BoundarySide> {
  return { image: await imageOf(paintRegions(map, size, colors)), regions: regionsOf(map, size) };
}

function takeoverOf(index: number, before: BoundaryMap, after: BoundaryMap): BoundaryView['takeovers'][number][] {
  const counts = new Map<number, number>();
  for (const [at, was] of before.classes.entries()) {
    if (was === index) counts.set(after.classes[at], (counts.get(after.classes[at]) ?? 0) + 1);
  }
  const to = [...counts].map(([taker, points]) => ({ class: taker, points })).sort((a, b) => b.points - a.points);
  const points = to.reduce((sum, entry) => sum + entry.points, 0);
  return points === 0 ? [] : [{ class: index, points, to }];
}

function pointsOf({ points }: BoundaryResult, mayShow: (index: number) => boolean): BoundaryView['points'] {
  const shown = [...points.classes.keys()].filter((at) => mayShow(points.classes[at]));
  // At random: classes often take turns, and every fourth one may be of one class.
  const drawn = new Random(1).sample(shown.length, MOST_POINTS).map((nth) => shown[nth]);
  return drawn.map((at) => ({ x: points.x[at], y: points.y[at], class: points.classes[at] }));
}
