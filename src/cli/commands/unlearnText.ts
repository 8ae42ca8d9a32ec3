import path from 'node:path';
import type { Recipe } from '../../contract/candidates.js';
import { recipeText } from '../../contract/recipes.js';
import { RECOVERABILITY_HINT, recoverabilitySentence, recoverabilityText } from '../../contract/recoverability.js';
import type { UnlearnResult } from '../../contract/run.js';
import { countText, dimensionText, durationText, percentText, pointsText } from '../../contract/text.js';
import { clean, type Style } from '../style.js';
import { table } from '../table.js';

/** What `--json` prints: method and alphas of each candidate stand by themselves, without the recipe around them. */
export function unlearnDocument({ candidate, candidates, ...result }: UnlearnResult): object {
  const { model, forget, earlier, ...rest } = result;
  const named = ({ method, alphaR, alphaF }: Recipe) => ({ method, alphaR, alphaF });
  return {
    ...{ model, forget, earlier, candidate: candidate.id },
    ...named(candidate.recipe),
    ...rest,
    candidates: candidates.map(({ id, recipe, ...judged }) => ({ id, ...named(recipe), ...judged })),
  };
}

/** What a run came to, for a terminal. */
export function unlearnText(result: UnlearnResult, style: Style): string {
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
