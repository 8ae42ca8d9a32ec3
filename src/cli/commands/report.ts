import type { Command } from 'commander';
import { runJob } from '../../engine/jobs/index.js';
import { type CommonOptions, commonOptions, type Process, showJob } from '../context.js';
import { clean } from '../style.js';

interface Options extends CommonOptions {
  readonly out?: string;
  readonly force?: boolean;
}

export function reportCommand(program: Command, process: Process): void {
  const command = program
    .command('report <run>')
    .description('Write the HTML page of a run again, from its folder or its run.json.');
  commonOptions(command)
    .option('--out <file>', "where the page goes (default: report.html in the run's folder, replacing the old one)")
    .option('--force', 'replace an existing file given with --out')
    .addHelpText('after', '\nExample:\n  lethe report .lethe/runs/20260131T094500Z-shirt')
    .action(async (run: string, options: Options) => {
      const request = { run, out: options.out, force: options.force };
      await showJob(
        (work) => runJob('report', request, work),
        (result) => clean(result.report, 500),
        options,
        process,
      );
    });
}
