import type { Command } from 'commander';
import { LetheError } from '../../base/errors.js';
import type { EvaluateResult } from '../../contract/models.js';
import type { SplitName } from '../../contract/terms.js';
import { countText, durationText, percentText } from '../../contract/text.js';
import { runJob } from '../../engine/jobs/index.js';
import { type ModelOptions, modelOptions, modelRequest, type Process, showJob } from '../context.js';
import { integer } from '../options.js';
import { clean, type Style } from '../style.js';
import { table } from '../table.js';

interface Options extends ModelOptions {
  readonly split?: SplitName;
  readonly samples?: number;
  readonly seed?: number;
}

export function evaluateCommand(program: Command, process: Process): void {
  const command = program
    .command('evaluate <model>')
    .description('Measure the accuracy of each class on the data that lethe.json names.');
  modelOptions(command)
    .option('--split <name>', 'train or test (default: test where there is one)', split)
    .option('--samples <n>', 'at most so many samples of each class (default: all)', integer('--samples', 1))
    .option('--seed <n>', 'for drawing the samples', integer('--seed', 0))
    .addHelpText(
      'after',
      '\nExamples:\n  lethe evaluate fashion.onnx\n  lethe evaluate fashion.onnx --split train --samples 100 --json',
    )
    .action(async (model: string, options: Options) => {
      const { split, samples, seed } = options;
      const request = { ...modelRequest(model, options), split, samples, seed };
      await showJob((work) => runJob('evaluate', request, work), evaluateText, options, process);
    });
}

function split(text: string): SplitName {
  if (text === 'train' || text === 'test') return text;
  throw new LetheError('usage', { message: `--split must be train or test, not "${text}"`, hint: 'See --help.' });
}

function evaluateText(result: EvaluateResult, style: Style): string {
  const classes = table(
    [
      { title: 'Class' },
      { title: 'Accuracy', align: 'right' },
      { title: 'Samples', align: 'right' },
      { title: 'Most often taken for' },
    ],
    result.perClass.map((entry) => [
      clean(entry.class),
      percentText(entry.accuracy),
      countText(entry.count),
      style.dim(confusedWith(result, entry.index)),
    ]),
    style.bold,
  );
  const head = `${style.bold(clean(result.model, 200))}: ${percentText(result.accuracy)} of ${countText(result.samples)} ${result.split} samples`;
  const notes = result.notes.map((note) => `${style.yellow('note')}  ${clean(note, 300)}`);
  return [head, '', classes, '', ...notes, style.dim(`${durationText(result.seconds.total)}`)].join('\n');
}

function confusedWith(result: EvaluateResult, index: number): string {
  const row = result.confusion[index];
  let most = -1;
  for (let other = 0; other < row.length; other++) {
    if (other !== index && row[other] > 0 && (most < 0 || row[other] > row[most])) most = other;
  }
  return most < 0 ? '' : `${clean(result.perClass[most].class)} (${countText(row[most])})`;
}
