import type { BoundaryMap, BoundaryResult } from '../../../contract/explain.js';
import { areasOf, takeoversOf } from '../../../figures/areas.js';
import { type ClassColor, classColors } from '../../../figures/classColors.js';
import { drawnPoints } from '../../../figures/plane.js';
import { bordersOf, flattened, paintRegions, regionsOf } from '../../../figures/regions.js';
import type { BoundarySide, BoundaryView } from '../../../report/explanations.js';
import type { ExplainContext } from './context.js';
import { imageOf } from './image.js';

/** What the colours of regions are laid over: the names on them are dark. */
const PAPER = [255, 255, 255] as const;

/** Which class both models give where, as a page can hold it. Samples of classes that may not be shown are left out. */
export async function boundaryView(
  result: BoundaryResult & { readonly after: BoundaryMap },
  { record, mayShow }: ExplainContext,
): Promise<BoundaryView> {
  const { kind, size, x, y, xLabel, yLabel, before, after, points } = result;
  const forgotten = record.result.perClass.filter((entry) => entry.role === 'forget').map((entry) => entry.index);
  const colors = classColors(result, record.classes.length, new Set(forgotten));
  const anchors: BoundaryView['anchors'][number][] = [];
  for (const { class: index, nth, picture, ...place } of result.anchors) {
    const isShown = picture.width > 0 && mayShow(index);
    anchors.push({ class: index, nth, x: place.x, y: place.y, picture: isShown ? await imageOf(picture) : null });
  }
  return {
    ...{ kind, size, x, y, xLabel, yLabel, colors, anchors },
    before: await sideOf(before, size, colors, new Set(forgotten)),
    after: await sideOf(after, size, colors, new Set(forgotten)),
    takeovers: takeoversOf(areasOf(result), forgotten),
    points: drawnPoints(result, mayShow).map((at) => ({ x: points.x[at], y: points.y[at], class: points.classes[at] })),
  };
}

async function sideOf(
  map: BoundaryMap,
  size: number,
  colors: readonly ClassColor[],
  forgotten: ReadonlySet<number>,
): Promise<BoundarySide> {
  const rgb = flattened(paintRegions(map, size, colors), PAPER);
  return {
    image: await imageOf({ width: size, height: size, rgb }),
    regions: regionsOf(map, size),
    borders: bordersOf(map, size),
    outline: bordersOf(map, size, forgotten),
  };
}
