import { throwIfAborted } from '../../base/abort.js';
import type { InspectRequest, InspectResult } from '../../contract/models.js';
import type { Work } from '../../contract/progress.js';
import type { ModelFacts } from '../../models/classifier.js';
import { inspectModel } from '../../models/registry.js';
import { loadConfig } from '../../project/config.js';
import { digests } from '../../project/digestCache.js';
import { findHome } from '../../project/home.js';
import { listRuns, runThatWrote } from '../../project/runStore.js';

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
    layers: facts.layers.map(({ name, kind, in: columns, out, groups }) => ({ name, kind, in: columns, out, groups })),
    skipped: facts.skipped,
    ...said,
  };
}

type Said = Pick<InspectResult, 'config' | 'classes' | 'forgotten'>;

const SILENCE: Said = { config: null, classes: null, forgotten: [] };

/** What `lethe.json` and the records of earlier runs say of a model. */
async function whatIsSaid(facts: ModelFacts, request: InspectRequest, work: Work): Promise<Said> {
  const home = await findHome(facts.files[0].path, request.config);
  const config = home.config === null ? null : await loadConfig(home.config, request);
  const { runs } = await listRuns(home.records);
  // Large models are read whole for their digest only where there is a run to look up.
  const hashed =
    runs.length === 0
      ? []
      : await digests.hash(
          facts.files.map((file) => file.path),
          work,
        );
  const run = runThatWrote(runs, hashed);
  const forgotten = run ? [...run.record.earlier, ...run.record.forget].map((entry) => entry.class) : [];
  return { config: config?.file ?? null, classes: config?.classes ?? null, forgotten };
}
