import { throwIfAborted } from '../../base/abort.js';
import type { InspectRequest, InspectResult } from '../../contract/models.js';
import type { Work } from '../../contract/progress.js';
import type { ModelFacts } from '../../models/classifier.js';
import { layerFacts } from '../../models/layerFacts.js';
import { inspectModel } from '../../models/registry.js';
import { loadConfig } from '../../project/config.js';
import { findHome } from '../../project/home.js';
import { forgottenBy, historyOf } from '../records/history.js';

/** What a model's headers tell, what `lethe.json` says of it, and what earlier runs made it forget. */
export async function inspect(request: InspectRequest, work: Work = {}): Promise<InspectResult> {
  const facts = await inspectModel(request.model);
  throwIfAborted(work.signal);
  const said = request.headersOnly ? SILENCE : await whatIsSaid(facts, request, work);
  return {
    model: request.model,
    format: facts.format,
    files: facts.files,
    input: facts.input,
    classCount: facts.classCount,
    parameterCount: facts.parameterCount,
    layers: facts.layers.map(layerFacts),
    skipped: facts.skipped,
    ...said,
  };
}

type Said = Pick<InspectResult, 'config' | 'classes' | 'forgotten'>;

const SILENCE: Said = { config: null, classes: null, forgotten: [] };

/** What `lethe.json` and the records of earlier runs say of a model. */
async function whatIsSaid(facts: ModelFacts, request: InspectRequest, work: Work): Promise<Said> {
  const files = facts.files.map((file) => file.path);
  const home = await findHome(files[0], request.config);
  const config = home.config === null ? null : await loadConfig(home.config, request);
  const { history } = await historyOf(home, files, work);
  const forgotten = forgottenBy(history).map((entry) => entry.class);
  return { config: config?.file ?? null, classes: config?.classes ?? null, forgotten };
}
