import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import type { DiagnoseRequest, DiagnoseResult, Finding } from '../../contract/findings.js';
import type { EvaluateResult } from '../../contract/models.js';
import { asPart, asUnit, type Work } from '../../contract/progress.js';
import { ConfigError } from '../../project/configError.js';
import { CONFIG_NAME } from '../../project/home.js';
import { classCountFindings, configFindings } from '../diagnose/config.js';
import { expandFolders } from '../diagnose/expand.js';
import { findingsOf, wholeFile } from '../diagnose/findings.js';
import { policyFindings, wantsEvaluation } from '../diagnose/policy.js';
import { scanFindings, structuralFindings } from '../diagnose/structure.js';
import { Looker } from '../look/look.js';
import type { ModelLook } from '../look/modelLook.js';
import { forgetEntries } from '../look/policy.js';

/**
 * Looks for what is wrong with models, their `lethe.json` and the policy in it. What is wrong is a finding and never thrown.
 * @throws LetheError `cancelled`; `file-missing` if `config` is named and not there.
 */
export async function diagnose(request: DiagnoseRequest, work: Work = {}): Promise<DiagnoseResult> {
  const { headersOnly = false, scanBytes = 0 } = request;
  const expanded = await expandFolders(request.models, work);
  const looker = new Looker(request);
  const findings: Finding[] = [];
  const checked = new Set<string>();
  const models = new Set<string>();
  const configs = new Set([...expanded.configs, ...(request.configs ?? []).map((file) => path.resolve(file))]);
  for (const [at, model] of expanded.models.entries()) {
    const unit = { phase: 'diagnose', done: at, total: expanded.models.length, detail: model } as const;
    work.onProgress?.(unit);
    const part = asUnit(work, unit);
    const looked = !headersOnly && scanBytes > 0 ? 0.5 : 1;
    const look = await looker.look(model, asPart(part, 0, looked));
    if (models.has(look.model)) continue;
    models.add(look.model);
    for (const file of filesOf(look, headersOnly)) checked.add(file);
    findings.push(...(await structuralFindings(look)));
    if (headersOnly) continue;
    if (look.config) configs.add(look.config.file);
    if (scanBytes > 0) findings.push(...(await scanFindings(look, scanBytes, asPart(part, looked, 1))));
    const misfit = classCountFindings(look);
    findings.push(...misfit);
    if (request.evaluate && misfit.length === 0 && wantsEvaluation(look)) {
      findings.push(...(await evaluated(look, looker, request, work)));
    } else {
      findings.push(...policyFindings(look));
    }
    for (const error of look.brokenRecords) findings.push(...findingsOf(error, null, wholeFile(error.file ?? model)));
  }
  if (!headersOnly) {
    for (const file of configs) {
      checked.add(file);
      findings.push(...(await ofConfig(file, looker, checked)));
    }
  }
  return { findings: inOrder(findings), models: [...models], checked: [...checked] };
}

/** Evaluates a model that a policy binds, and holds it to the policy; where that fails, it says why. */
async function evaluated(look: ModelLook, looker: Looker, request: DiagnoseRequest, work: Work): Promise<Finding[]> {
  const { config: given, allowOutside, threads } = request;
  const config = look.config!.config!;
  let result: EvaluateResult;
  try {
    // What runs a model is loaded only for this.
    const [{ evaluateModel }, { locateModel }] = await Promise.all([
      import('../open/evaluation.js'),
      import('../open/location.js'),
    ]);
    const asked = { model: look.model, config: given, allowOutside, threads };
    result = await evaluateModel(await locateModel(asked), asked, work);
  } catch (error) {
    if (error instanceof LetheError && error.code === 'cancelled') throw error;
    const isModels = error instanceof LetheError && error.file !== undefined && path.resolve(error.file) === look.model;
    const spot = isModels ? wholeFile(look.model) : { file: config.file, range: config.range(['data']) };
    return [...policyFindings(look), ...findingsOf(error, look.model, spot)];
  }
  looker.refresh();
  const again = await looker.look(look.model, work);
  return policyFindings(again.history.measured ? again : withMeasured(again, result));
}

/** What an evaluation told counts even where it can't be kept. */
function withMeasured(look: ModelLook, result: EvaluateResult): ModelLook {
  const { split, samples, accuracy, perClass } = result;
  const measured = { created: new Date().toISOString(), complete: true, split, samples, accuracy, perClass };
  const classes = look.classes ?? perClass.map((entry) => entry.class);
  const policy = forgetEntries(look.config!.config!, classes);
  return { ...look, classes, policy, history: { ...look.history, measured, changedSince: null } };
}

async function ofConfig(file: string, looker: Looker, checked: Set<string>): Promise<Finding[]> {
  const look = await looker.config(file);
  if (look.config?.classFile) checked.add(look.config.classFile);
  if (look.config) return configFindings(look);
  const { error } = look;
  const isGone = error instanceof LetheError && error.code === 'file-missing' && error.at === undefined;
  if (isGone) return [];
  if (error instanceof ConfigError) for (const problem of error.problems) checked.add(path.resolve(problem.file));
  return configFindings(look);
}

/** Every file that a look at a model depends on. */
function filesOf(look: ModelLook, headersOnly: boolean): string[] {
  const { model, facts, faults, brokenRecords } = look;
  const folder = path.dirname(model);
  const files = [model, ...(facts?.files ?? []).map((file) => path.resolve(file.path))];
  for (const fault of faults) {
    if (!(fault instanceof LetheError)) continue;
    if (fault.file !== undefined) files.push(path.resolve(fault.file));
    for (const location of fault.locations ?? []) files.push(path.resolve(folder, location));
  }
  if (headersOnly) return files;
  for (const { file } of brokenRecords) if (file !== undefined) files.push(file);
  // Where a `lethe.json` lies or could lie.
  const configs = [look.config?.file, path.join(folder, CONFIG_NAME), path.join(path.dirname(folder), CONFIG_NAME)];
  return [...files, ...configs.filter((file) => file !== undefined)];
}

/** By file and line; each finding once, as models may share a record. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const unique = new Map(findings.map((entry) => [JSON.stringify(entry), entry]));
  const key = ({ file, range }: Finding) => [file, range?.line ?? 0, range?.column ?? 0] as const;
  return [...unique.values()].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
    return left[1] - right[1] || left[2] - right[2];
  });
}
