import type { FocusRequest, FocusResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import { focusOf } from '../explain/focus.js';
import { withModelPair } from '../kept/modelPair.js';

/** How much of the saliency of each class's samples a run has left. @throws LetheError as `openModelPair` and `focusOf`. */
export async function focus(request: FocusRequest, work: Work<FocusResult> = {}): Promise<FocusResult> {
  return withModelPair(request, work, (pair) => focusOf(pair, request, work));
}
