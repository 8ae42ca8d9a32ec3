import type { Command } from 'commander';
import { LetheError } from '../../base/errors.js';
import { type CandidateId, candidateId, projectionRecipe } from '../../contract/recipes.js';
import { runJob } from '../../engine/jobs/index.js';
import { type CommonOptions, commonOptions, type Process, showJob } from '../context.js';
import { alphas, integer } from '../options.js';
import { clean } from '../style.js';

interface Options extends CommonOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly explain?: boolean;
  readonly forgottenPictures?: boolean;
  readonly alphaR?: number[];
  readonly alphaF?: number[];
  readonly allowOutside?: boolean;
  readonly threads?: number;
}

const EXAMPLES = `
Examples:
  lethe report .lethe/runs/20260131T094500Z-shirt
  lethe report .lethe/runs/20260131T094500Z-shirt --explain
  lethe report .lethe/runs/20260131T094500Z-shirt --alpha-r 30 --alpha-f 10`;

export function reportCommand(program: Command, process: Process): void {
  const command = program
    .command('report <run>')
    .description('Write the HTML page of a run again, from its folder or its run.json.');
  commonOptions(command)
    .option('--out <file>', "where the page goes (default: in the run's folder, replacing the old one)")
    .option('--force', 'replace an existing file given with --out')
    .option('--explain', 'add saliency maps and the decision boundary, which takes the source model and the data')
    .option('--forgotten-pictures', 'show samples of forgotten classes too (with --explain)')
    .option(
      '--alpha-r <x>',
      'report on another candidate of the run: its weight of the retain space',
      alphas('--alpha-r'),
    )
    .option('--alpha-f <y>', 'and its weight of the forget space', alphas('--alpha-f'))
    .option('--allow-outside', 'let lethe.json name files outside of its own folder')
    .option('--threads <n>', 'threads for the forward passes (default: all cores but one)', integer('--threads', 1))
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, options: Options) => {
      const { out, force, explain, forgottenPictures, allowOutside, threads } = options;
      if (forgottenPictures && !explain) {
        throw usage('--forgotten-pictures needs --explain', 'Without it the report has no pictures.');
      }
      const request = { run, out, force, explanations: explain, forgottenPictures, allowOutside, threads };
      await showJob(
        (work) => runJob('report', { ...request, candidate: candidateNamed(options) }, work),
        (result) => clean(result.report, 500),
        options,
        process,
      );
    });
}

/** The candidate that is asked for, if one is. @throws LetheError `usage` unless both alphas are single numbers. */
function candidateNamed({ alphaR, alphaF }: Options): CandidateId | undefined {
  if (!alphaR && !alphaF) return undefined;
  if (alphaR?.length === 1 && alphaF?.length === 1) return candidateId(projectionRecipe(alphaR[0], alphaF[0]));
  throw usage('a candidate is named by one --alpha-r and one --alpha-f', 'Give both, with one number each.');
}

function usage(message: string, hint: string): LetheError {
  return new LetheError('usage', { message, hint });
}
