import type { SaliencyRequest, SaliencyResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import { saliencyOf } from '../explain/saliency.js';
import { withModelPair } from '../kept/modelPair.js';

/** Where a model looks for a class in one sample, before and after a run. @throws LetheError as `openModelPair` and `saliencyOf`. */
export async function saliency(request: SaliencyRequest, work: Work = {}): Promise<SaliencyResult> {
  return withModelPair(request, work, (pair) => saliencyOf(pair, request, work));
}
