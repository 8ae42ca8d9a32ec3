import { LetheError } from '../base/errors.js';
import type { Problem } from './jsonText.js';

/** A configuration that can't be used: the first problem as the message, and all of them. */
export class ConfigError extends LetheError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const [first] = problems;
    const at = `line ${first.line}, column ${first.column}${first.path ? ` (${first.path})` : ''}`;
    super(first.code ?? 'config-invalid', { file: first.file, place: at, message: first.message, hint: first.hint });
    this.problems = problems;
  }
}
