import { LetheError } from '../base/errors.js';
import { ConfigError } from '../project/configError.js';
import { reportOf } from '../project/errorReport.js';
import { clean, type Style } from './style.js';

/** What the process says when it ends (README, "Exit codes"). */
export const EXIT = { done: 0, failed: 1, badInput: 2, policyUnmet: 3, noCandidate: 4, cancelled: 130 } as const;

/** The exit code for an error: bad input unless it is none of the user's. */
export function exitCode(error: unknown): number {
  if (!(error instanceof LetheError)) return EXIT.failed;
  switch (error.code) {
    case 'cancelled':
      return EXIT.cancelled;
    case 'no-candidate':
      return EXIT.noCandidate;
    case 'internal':
    case 'out-of-memory':
    case 'backend-unavailable':
      return EXIT.failed;
    default:
      return EXIT.badInput;
  }
}

/** An error for people: what is wrong, where, and what to do. */
export function describeError(error: unknown, style: Style): string {
  if (!(error instanceof LetheError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${style.red('error')}: this is a defect of Lethe, please report it\n${stack}`;
  }
  if (error instanceof ConfigError && error.problems.length > 1) {
    const lines = error.problems.map(({ file, line, column, path, message, hint }) => {
      const at = style.dim(`${clean(file, 200)}:${line}:${column}`);
      return `  ${at} ${path ? `${style.bold(clean(path))}: ` : ''}${clean(message, 200)}${hint ? `. ${clean(hint, 200)}` : ''}`;
    });
    return [`${style.red('error')}: ${error.problems.length} problems in the configuration`, ...lines].join('\n');
  }
  const where = [error.file, error.place].filter((part) => part !== undefined);
  return [
    `${style.red('error')}: ${clean(error.what, 500)}`,
    ...(where.length > 0 ? [`  ${style.dim('where')}  ${clean(where.join(', '), 500)}`] : []),
    ...(error.hint ? [`  ${style.dim('do')}     ${clean(error.hint, 500)}`] : []),
  ].join('\n');
}

/** The same for machines: the one document of `--json`. */
export function errorDocument(error: unknown): object {
  return { error: reportOf(error) };
}
