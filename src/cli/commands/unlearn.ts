import path from 'node:path';
import type { Command } from 'commander';
import type { Candidate } from '../../contract/candidates.js';
import type { Work } from '../../contract/progress.js';
import { recipeText } from '../../contract/recipes.js';
import { RECOVERABILITY_HINT, recoverabilitySentence, recoverabilityText } from '../../contract/recoverability.js';
import type { UnlearnPart, UnlearnResult } from '../../contract/run.js';
import { type AskedSettings, askedSettings } from '../../contract/settings.js';
import { countText, dimensionText, durationText, percentText, pointsText } from '../../contract/text.js';
import { runJob } from '../../engine/jobs/index.js';
import { type ModelOptions, modelOptions, modelRequest, type Process, showJob } from '../context.js';
import { EXIT } from '../exit.js';
import { names, settingOptions } from '../options.js';
import { clean, type Style } from '../style.js';
import { table } from '../table.js';

interface Options extends ModelOptions, AskedSettings {
  readonly forget?: string[];
  readonly out?: string;
  readonly force?: boolean;
}

const EXAMPLES = `
Examples:
  lethe unlearn fashion.onnx --forget Shirt
  lethe unlearn fashion.onnx --forget "T-shirt/top,Shirt" --out tops-gone.onnx
  lethe unlearn fashion.onnx --forget Shirt --depth 1       (as deep as it goes, whatever it costs)
  lethe unlearn fashion.forget-shirt.onnx --forget Bag      (Shirt stays forgotten)
  lethe unlearn fashion.onnx                                (what the policy in lethe.json asks for)

Exit codes: 0 done, 1 failed, 2 bad usage or bad input, 3 done but a policy limit is not met,
4 no candidate forgets (nothing written), 130 cancelled (nothing written).`;

export function unlearnCommand(program: Command, process: Process, finish: (code: number) => void): void {
  const command = program
    .command('unlearn <model>')
    .description('Write a copy of a model that has forgotten one or more classes. The original stays as it is.');
  modelOptions(command)
    .option(
      '--forget <classes>',
      'names or indices, with commas (default: what the policy in lethe.json asks for)',
      names,
    )
    .option('--out <path>', 'the new model (default: <name>.forget-<classes> beside the model)')
    .option('--force', 'replace an existing output');
  settingOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: Options) => {
      const { forget, out, force } = options;
      const request = { ...modelRequest(model, options), forget, out, force, ...askedSettings(options) };
      const job = (work: Work<UnlearnPart>) => runJob('unlearn', request, work);
      const result = await showJob(job, unlearnText, options, process, unlearnDocument);
      finish(result.policy.some((finding) => finding.severity === 'error') ? EXIT.policyUnmet : EXIT.done);
    });
}

/** What `--json` prints: method and alphas of each candidate are named as the paper does, without the recipe around them. */
function unlearnDocument({ candidate, candidates, ...result }: UnlearnResult): object {
  const { model, forget, earlier, ...rest } = result;
  const named = ({ id, recipe: { method, alphaR, alphaF } }: Candidate) => ({ candidate: id, method, alphaR, alphaF });
  return {
    ...{ model, forget, earlier },
    ...named(candidate),
    ...rest,
    candidates: candidates.map(({ id, recipe, ...judged }) => ({ ...named({ id, recipe }), ...judged })),
  };
}

function unlearnText(result: UnlearnResult, style: Style): string {
  const { measuredOn, candidate } = result;
  const forgotten = result.forget.map((name) => clean(name)).join(', ');
  const where = `${countText(measuredOn.samples)} ${measuredOn.heldOut ? 'held-out ' : ''}${measuredOn.split} samples`;
  return [
    `${style.bold(`Forgot ${forgotten}`)}  (${candidate.recipe.method}, ${recipeText(candidate.recipe)}; accuracy on ${where})`,
    '',
    classTable(result, style),
    ...section('Still readable', readableLines(result, style), style.bold),
    '',
    layerTable(result, style),
    ...section(
      'Left alone',
      result.skipped.map((layer) => `${clean(layer.name)}: ${clean(layer.reason, 120)}`),
      style.bold,
    ),
    ...section(
      'Policy',
      result.policy.map((finding) => findingText(finding, style)),
      style.bold,
    ),
    ...section(
      'Notes',
      result.notes.map((note) => clean(note, 300)),
      style.bold,
    ),
    '',
    `${style.dim('model ')} ${relative(result.output)}`,
    `${style.dim('report')} ${relative(result.report)}`,
    `${style.dim('time  ')} ${durationText(result.seconds.total)}`,
  ].join('\n');
}

function classTable(result: UnlearnResult, style: Style): string {
  const mark = { forget: style.cyan('forgotten now'), earlier: style.dim('forgotten earlier'), retain: '' };
  const rows = result.perClass.map((entry) => [
    entry.role === 'forget' ? style.bold(clean(entry.class)) : clean(entry.class),
    percentText(entry.before),
    percentText(entry.after),
    pointsText(entry.before, entry.after, '-'),
    mark[entry.role],
  ]);
  const summary = (name: string, before: number, after: number) => [
    style.bold(name),
    style.bold(percentText(before)),
    style.bold(percentText(after)),
    style.bold(pointsText(before, after, '-')),
    '',
  ];
  rows.push(summary('Kept classes', result.before.retainAccuracy, result.after.retainAccuracy));
  rows.push(summary('Forgotten', result.before.forgetAccuracy, result.after.forgetAccuracy));
  const columns = [
    { title: 'Class' },
    { title: 'Before', align: 'right' as const },
    { title: 'After', align: 'right' as const },
    { title: 'Points', align: 'right' as const },
    { title: '' },
  ];
  return table(columns, rows, style.bold);
}

/** How well the forgotten classes can be read from inside the model, in numbers and in words; nothing where nobody knows. */
function readableLines({ recoverability, forget }: UnlearnResult, style: Style): string[] {
  const { before, after } = recoverability;
  if (!before && !after) return [];
  const names = forget.map((name) => clean(name));
  return [
    `recoverability ${recoverabilityText(before)} before, ${style.bold(recoverabilityText(after))} after`,
    recoverabilitySentence(recoverability, names),
    style.dim(RECOVERABILITY_HINT),
  ];
}

function layerTable(result: UnlearnResult, style: Style): string {
  const columns = ['Layer', 'Kind', 'In', 'Out', 'Retain dim', 'Forget dim', 'Removed', 'Change'].map((title, at) => ({
    title,
    align: at < 2 ? ('left' as const) : ('right' as const),
  }));
  const rows = result.layers.map((layer) => [
    clean(layer.name),
    layer.kind,
    layer.groups === 1 ? String(layer.in) : `${layer.groups} x ${layer.in}`,
    String(layer.out),
    dimensionText(layer.retainDimension),
    dimensionText(layer.forgetDimension),
    dimensionText(layer.removedDimension),
    percentText(layer.weightChange),
  ]);
  return table(columns, rows, style.bold);
}

function findingText(finding: UnlearnResult['policy'][number], style: Style): string {
  const label = finding.severity === 'error' ? style.red('not met') : style.yellow('warning');
  return `${label}  ${clean(finding.message, 200)}`;
}

function section(title: string, lines: readonly string[], emphasise: (text: string) => string): string[] {
  return lines.length === 0 ? [] : ['', emphasise(title), ...lines.map((line) => `  ${line}`)];
}

function relative(file: string): string {
  const short = path.relative(process.cwd(), file);
  return clean(short.startsWith('..') ? file : short, 500);
}
