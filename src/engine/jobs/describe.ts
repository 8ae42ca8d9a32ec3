import type { DescribeRequest, DescribeResult, ModelSummary } from '../../contract/models.js';
import { asUnit, type Work } from '../../contract/progress.js';
import { reportOf } from '../../project/errorReport.js';
import { Looker } from '../look/look.js';
import type { ModelLook } from '../look/modelLook.js';
import { forgottenBy } from '../records/history.js';

/**
 * What is known of some models without running them. A model that can't be read is described as such.
 * @throws LetheError `cancelled`.
 */
export async function describe(request: DescribeRequest, work: Work = {}): Promise<DescribeResult> {
  const looker = new Looker(request);
  const models: ModelSummary[] = [];
  for (const [at, model] of request.models.entries()) {
    const unit = { phase: 'describe', done: at, total: request.models.length, detail: model } as const;
    work.onProgress?.(unit);
    models.push(summaryOf(await looker.look(model, asUnit(work, unit))));
  }
  return { models };
}

function summaryOf(look: ModelLook): ModelSummary {
  const { format, facts, config, history, policy } = look;
  const { measured } = history;
  const error = look.faults[0] ?? config?.error ?? null;
  return {
    model: look.asked,
    format: format?.name ?? null,
    bytes: look.bytes,
    classCount: facts?.classCount ?? null,
    classes: look.classes,
    config: config?.file ?? null,
    state: look.state,
    detail: look.detail,
    forgotten: forgottenBy(history).map((entry) => entry.class),
    policy: policy.map(({ class: name, index, maxAccuracy, reason }) => ({ class: name, index, maxAccuracy, reason })),
    measured: measured && {
      created: measured.created,
      split: measured.split,
      samples: measured.samples,
      accuracy: measured.accuracy,
      perClass: measured.perClass,
    },
    supersededBy: history.supersededBy?.output ?? null,
    run: history.writtenBy?.folder ?? null,
    error: error === null ? null : reportOf(error),
  };
}
