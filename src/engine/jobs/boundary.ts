import type { BoundaryMap, BoundaryRequest, BoundaryResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import { mapBoundary } from '../../explain/boundary.js';
import { featureSlice, hasTwoFeatures, planeSlice } from '../explain/slice.js';
import { openModelPair } from '../kept/modelPair.js';

/**
 * Which class a model answers where, before and after a run; told as a coarse grid first and again after every refinement.
 * @throws LetheError `no-plane` if the three samples lie on one line; `class-unknown`, `samples-missing` or `usage` for samples
 *   that are not there; as `openModelPair`.
 */
export async function boundary(request: BoundaryRequest, work: Work<BoundaryResult> = {}): Promise<BoundaryResult> {
  const pair = await openModelPair(request, work);
  try {
    const { before, after } = pair;
    const slice = hasTwoFeatures(pair) ? await featureSlice(pair, work) : await planeSlice(pair, request.anchors, work);
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
  } finally {
    await pair.release();
  }
}
