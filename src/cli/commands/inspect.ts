import path from 'node:path';
import type { Command } from 'commander';
import type { InspectResult } from '../../contract/models.js';
import { countText, sizeText } from '../../contract/text.js';
import { runJob } from '../../engine/jobs/index.js';
import { type ModelOptions, modelOptions, modelRequest, type Process, showJob } from '../context.js';
import { clean, type Style } from '../style.js';
import { table } from '../table.js';

export function inspectCommand(program: Command, process: Process): void {
  const command = program
    .command('inspect <model>')
    .description('Show what a model file holds: input, classes, the layers that can forget and those left alone.');
  modelOptions(command)
    .addHelpText('after', '\nExample:\n  lethe inspect fashion.onnx')
    .action(async (model: string, options: ModelOptions) => {
      await showJob((work) => runJob('inspect', modelRequest(model, options), work), inspectText, options, process);
    });
}

function inspectText(result: InspectResult, style: Style): string {
  const size = result.files.reduce((sum, file) => sum + file.bytes, 0);
  const dims = result.input.dims.map((dim) => dim ?? '?').join(' x ');
  const [first, ...others] = result.files;
  const parts =
    others.length === 0
      ? ''
      : others.length === 1
        ? ` and ${clean(path.basename(others[0].path))}`
        : ` and ${others.length} more`;
  const facts: [string, string][] = [
    ['format', result.format],
    ['files', `${clean(path.basename(first.path))}${parts} (${sizeText(size)})`],
    ['input', `${clean(result.input.name)} [${dims}] ${result.input.layout}`],
    ['classes', classesText(result)],
    ['parameters', countText(result.parameterCount)],
    ['config', result.config === null ? 'none' : clean(result.config, 200)],
  ];
  if (result.forgotten.length > 0) facts.push(['forgotten', result.forgotten.map((name) => clean(name)).join(', ')]);
  const layers = table(
    [
      { title: 'Layer' },
      { title: 'Kind' },
      { title: 'In', align: 'right' },
      { title: 'Out', align: 'right' },
      { title: 'Groups', align: 'right' },
    ],
    result.layers.map((layer) => [
      clean(layer.name),
      layer.kind,
      String(layer.in),
      String(layer.out),
      layer.groups === 1 ? '' : String(layer.groups),
    ]),
    style.bold,
  );
  const skipped = result.skipped.map(
    (layer) => `  ${clean(layer.name)} (${clean(layer.kind)}): ${clean(layer.reason, 120)}`,
  );
  return [
    style.bold(clean(result.model, 200)),
    ...facts.map(([name, value]) => `  ${style.dim(name.padEnd(11))} ${value}`),
    '',
    layers,
    ...(skipped.length > 0 ? ['', style.bold('Left alone'), ...skipped] : []),
  ].join('\n');
}

function classesText(result: InspectResult): string {
  const names = result.classes
    ?.slice(0, 10)
    .map((name) => clean(name))
    .join(', ');
  const more = (result.classes?.length ?? 0) > 10 ? ', ...' : '';
  return `${result.classCount ?? 'unknown'}${names ? ` (${names}${more})` : ''}`;
}
