import path from 'node:path';
import { shellWord } from '../../base/shell.js';
import type { Finding, FindingAction } from '../../contract/findings.js';
import type { PolicyEntry } from '../../contract/models.js';
import { countText, limitText, percentText } from '../../contract/text.js';
import type { ProjectConfig } from '../../project/config.js';
import { REPORT_NAME, type StoredRun } from '../../project/runStore.js';
import type { ModelLook } from '../look/modelLook.js';
import { accuracyOf, brokenEntries, brokenProtections, mustBeForgotten, type Placed } from '../look/policy.js';
import { whatHappened } from '../look/state.js';
import { finding, type Related, wholeFile } from './findings.js';

/** What records and the policy of `lethe.json` say against a model; nothing of one that can't be read. */
export function policyFindings(look: ModelLook): Finding[] {
  if (!look.facts) return [];
  const { supersededBy, changedSince, measured, writtenBy } = look.history;
  if (supersededBy) return [superseded(look)];
  const found: Finding[] = changedSince ? [changed(look)] : [];
  const config = look.isCovered ? look.config?.config : null;
  if (!config) return found;
  if (!measured) return [...found, ...look.policy.map((entry) => neverEvaluated(look, config, entry))];
  const unseen = look.policy.filter(({ index }) => (accuracyOf(measured, index)?.accuracy ?? null) === null);
  return [
    ...found,
    ...brokenEntries(look.policy, measured).map((entry) => recognised(look, config, entry)),
    ...unseen.map((entry) => notMeasured(look, config, entry)),
    ...(writtenBy ? protections(look, config, writtenBy) : []),
  ];
}

/** Whether a policy binds a model about which nothing is known: what an evaluation would tell. */
export function wantsEvaluation({ facts, policy, history }: ModelLook): boolean {
  return facts !== null && policy.length > 0 && history.measured === null;
}

function recognised(
  look: ModelLook,
  config: ProjectConfig,
  entry: Placed<PolicyEntry> & { readonly accuracy: number },
): Finding {
  const { model, history } = look;
  const { samples, split, created } = history.measured!;
  const how = `recognises it on ${countText(samples)} ${split} samples, measured on ${created.slice(0, 10)}`;
  return finding('must-be-forgotten', {
    ...atEntry(config, entry.at),
    model,
    message: mustBeForgotten(entry),
    hint: `Unlearn it: lethe unlearn ${shellWord(nameIn(config, model))} --forget ${shellWord(entry.class.replaceAll(',', '\\,'))}`,
    related: [aboutModel(model, how)],
    actions: [
      { kind: 'unlearn', model, classes: [entry.class] },
      { kind: 'evaluate', model },
    ],
  });
}

function neverEvaluated({ model, history }: ModelLook, config: ProjectConfig, entry: Placed<PolicyEntry>): Finding {
  const name = nameIn(config, model);
  const since = history.changedSince ? 'since it changed' : 'yet';
  return finding('never-evaluated', {
    ...atEntry(config, entry.at),
    model,
    message: `${name} was not evaluated ${since}: whether it recognises ${entry.class} is not known`,
    hint: 'Evaluate it now.',
    related: [aboutModel(model, 'the model')],
    actions: [{ kind: 'evaluate', model }],
  });
}

function notMeasured({ model }: ModelLook, config: ProjectConfig, entry: Placed<PolicyEntry>): Finding {
  const name = nameIn(config, model);
  return finding('class-not-measured', {
    ...atEntry(config, entry.at),
    model,
    message: `${name} was evaluated without a sample of ${entry.class}: whether it recognises it is not known`,
    hint: 'Add samples of the class to the test data, then evaluate again.',
    related: [aboutModel(model, 'the model')],
    actions: [{ kind: 'evaluate', model }],
  });
}

function protections({ model }: ModelLook, config: ProjectConfig, run: StoredRun): Finding[] {
  return brokenProtections(config, run.record).map((entry) => {
    const lost = `fell from ${percentText(entry.before)} to ${percentText(entry.after)}`;
    return finding('protect-broken', {
      ...{ file: config.file, range: config.range(['protect', entry.at]), model },
      message: `${entry.class} is protected but ${lost} (limit: a loss of ${limitText(entry.maxDrop)})`,
      hint: 'Choose another pair of alphas, or run again with more samples.',
      related: [aboutModel(model, 'the model')],
      actions: [openReport(run)],
    });
  });
}

function changed({ model, history }: ModelLook): Finding {
  const trace = history.changedSince!;
  return finding('changed-since-verified', {
    ...wholeFile(model),
    model,
    message: `changed since it was ${whatHappened(trace)}: what was measured then says nothing of it any more`,
    hint: 'Evaluate it again.',
    actions: [{ kind: 'evaluate', model }, ...(trace.run ? [openReport(trace.run)] : [])],
  });
}

function superseded({ model, history }: ModelLook): Finding {
  const { run, output } = history.supersededBy!;
  const forgot = run.record.forget.map((entry) => entry.class).join(', ');
  const newer = path.relative(path.dirname(model), output);
  return finding('superseded', {
    ...wholeFile(model),
    model,
    message: `superseded by ${newer}, which forgot ${forgot}: this file still knows it`,
    hint: 'Delete it or move it away.',
    related: [aboutModel(output, 'the newer model')],
    actions: [openReport(run), { kind: 'delete-model', model }],
  });
}

function atEntry(config: ProjectConfig, at: number): Pick<Finding, 'file' | 'range'> {
  return { file: config.file, range: config.range(['forget', at]) };
}

/** What a model is called where its `lethe.json` speaks of it. */
function nameIn(config: ProjectConfig, model: string): string {
  return path.relative(config.folder, model);
}

function aboutModel(model: string, message: string): Related {
  return { ...wholeFile(model), message };
}

function openReport(run: StoredRun): FindingAction {
  return { kind: 'open-report', report: path.join(run.folder, REPORT_NAME) };
}
