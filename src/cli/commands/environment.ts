import type { Command } from 'commander';
import type { EnvironmentResult } from '../../contract/models.js';
import { runJob } from '../../engine/jobs/index.js';
import { type CommonOptions, commonOptions, type Process, showJob } from '../context.js';
import { clean, type Style } from '../style.js';

export function environmentCommand(program: Command, process: Process): void {
  const command = program
    .command('environment')
    .description('Show what Lethe runs on: versions, backends, paths, limits.');
  commonOptions(command)
    .option('--no-start', 'do not start TensorFlow.js to tell its backend')
    .addHelpText('after', '\nExample:\n  lethe environment')
    .action(async (options: CommonOptions & { readonly start: boolean }) => {
      const request = { startTensorFlow: options.start };
      await showJob((work) => runJob('environment', request, work), environmentText, options, process);
    });
}

function environmentText(result: EnvironmentResult, style: Style): string {
  const names = result.sections.flatMap(({ rows }) => rows.map(({ name }) => name.length));
  const width = Math.max(...names);
  return result.sections
    .map(({ title, rows }) =>
      [
        style.bold(title),
        ...rows.map(({ name, value }) => `  ${style.dim(name.padEnd(width))}  ${clean(value, 500)}`),
      ].join('\n'),
    )
    .join('\n\n');
}
