import type { BoundaryRequest, BoundaryResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import { boundaryOf } from '../explain/boundary.js';
import { withModelPair } from '../kept/modelPair.js';

/** Which class a model answers where, before and after a run. @throws LetheError as `openModelPair` and `boundaryOf`. */
export async function boundary(request: BoundaryRequest, work: Work<BoundaryResult> = {}): Promise<BoundaryResult> {
  return withModelPair(request, work, (pair) => boundaryOf(pair, request, work));
}
