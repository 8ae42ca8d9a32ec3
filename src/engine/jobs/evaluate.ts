import type { EvaluateRequest, EvaluateResult } from '../../contract/models.js';
import type { Work } from '../../contract/progress.js';
import { dropOtherModel } from '../kept/loadedModels.js';
import { evaluateModel } from '../open/evaluation.js';
import { locateModel } from '../open/location.js';

/** Accuracy of a model, class by class, which is kept in `.lethe/evaluations` too. @throws LetheError as `evaluateModel`. */
export async function evaluate(request: EvaluateRequest, work: Work = {}): Promise<EvaluateResult> {
  const location = await locateModel(request);
  await dropOtherModel(location, request);
  return evaluateModel(location, request, work);
}
