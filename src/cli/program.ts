import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { diagnoseCommand } from './commands/diagnose.js';
import { environmentCommand } from './commands/environment.js';
import { evaluateCommand } from './commands/evaluate.js';
import { inspectCommand } from './commands/inspect.js';
import { reportCommand } from './commands/report.js';
import { unlearnCommand } from './commands/unlearn.js';
import type { Process } from './context.js';
import { describeError, EXIT, errorDocument, exitCode } from './exit.js';
import { Style } from './style.js';

/** Runs one command line and tells its exit code. Prints everything itself and throws nothing. */
export async function run(args: readonly string[], process: Process): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('lethe')
    .description('Make a trained classifier forget classes, without gradients or retraining.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stderr.write(text),
    })
    .showHelpAfterError('(lethe --help shows how it is used)')
    .showSuggestionAfterError();
  inspectCommand(program, process);
  evaluateCommand(program, process);
  unlearnCommand(program, process, (finished) => {
    code = finished;
  });
  reportCommand(program, process);
  diagnoseCommand(program, process, (finished) => {
    code = finished;
  });
  environmentCommand(program, process);
  for (const command of program.commands) command.copyInheritedSettings(program);
  if (args.length === 0) {
    program.outputHelp({ error: true });
    return EXIT.badInput;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
    process.stderr.write(`${describeError(error, new Style(process.stderr))}\n`);
    if (args.includes('--json')) process.stdout.write(`${JSON.stringify(errorDocument(error), null, 2)}\n`);
    return exitCode(error);
  }
}
