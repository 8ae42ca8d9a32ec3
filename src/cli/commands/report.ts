import type { Command } from 'commander';
import { LetheError } from '../../base/errors.js';
import type { CandidateId } from '../../contract/recipes.js';
import { runJob } from '../../engine/jobs/index.js';
import { type CommonOptions, commonOptions, type Process, showJob } from '../context.js';
import { integer } from '../options.js';
import { clean } from '../style.js';

interface Options extends CommonOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly explain?: boolean;
  readonly forgottenPictures?: boolean;
  readonly candidate?: CandidateId;
  readonly allowOutside?: boolean;
  readonly threads?: number;
}

const EXAMPLES = `
Examples:
  lethe report .lethe/runs/20260131T094500Z-shirt
  lethe report .lethe/runs/20260131T094500Z-shirt --explain
  lethe report .lethe/runs/20260131T094500Z-shirt --candidate refit-10-10`;

export function reportCommand(program: Command, process: Process): void {
  const command = program
    .command('report <run>')
    .description('Write the HTML page of a run again, from its folder or its run.json.');
  commonOptions(command)
    .option('--out <file>', "where the page goes (default: in the run's folder, replacing the old one)")
    .option('--force', 'replace an existing file given with --out')
    .option('--explain', 'add saliency maps and the decision boundary, which takes the source model and the data')
    .option('--forgotten-pictures', 'show samples of forgotten classes too (with --explain)')
    .option('--candidate <id>', 'report on another candidate of the run, e.g. refit-10-10 (its run.json names them)')
    .option('--allow-outside', 'let lethe.json name files outside of its own folder')
    .option('--threads <n>', 'threads for the forward passes (default: all cores but one)', integer('--threads', 1))
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, options: Options) => {
      const { out, force, candidate, explain, forgottenPictures, allowOutside, threads } = options;
      if (forgottenPictures && !explain) {
        throw new LetheError('usage', {
          message: '--forgotten-pictures needs --explain',
          hint: 'Without it the report has no pictures.',
        });
      }
      const request = { run, out, force, candidate, explanations: explain, forgottenPictures, allowOutside, threads };
      await showJob(
        (work) => runJob('report', request, work),
        (result) => clean(result.report, 500),
        options,
        process,
      );
    });
}
