import type { BoundaryMap, BoundaryRequest, BoundaryResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import { mapBoundary } from '../../explain/boundary.js';
import type { ModelPair } from '../kept/modelPair.js';
import { featureSlice, hasTwoFeatures, planeSlice } from './slice.js';

/**
 * Which class the models of a pair answer where; told as a coarse grid first and again after every refinement.
 * @throws LetheError `no-plane` if the three samples lie on one line; `class-unknown`, `samples-missing` or `usage` for samples
 *   that are not there.
 */
export async function boundaryOf(
  pair: ModelPair,
  { anchors }: Pick<BoundaryRequest, 'anchors'>,
  work: Work<BoundaryResult>,
): Promise<BoundaryResult> {
  const { before, after } = pair;
  const slice = hasTwoFeatures(pair) ? await featureSlice(pair, work) : await planeSlice(pair, anchors, work);
  const result = (size: number, [old, now = null]: readonly (BoundaryMap | null)[]): BoundaryResult => ({
    ...slice.facts,
    size,
    before: old!,
    after: now,
  });
  const models = after ? [before, after] : [before];
  const { maps } = await mapBoundary(models, slice.region, {
    ...work,
    onGrid: (size, maps) => work.onPart?.(result(size, maps)),
  });
  return result(slice.region.size, maps);
}
