import { type ErrorCode, LetheError } from '../base/errors.js';
import type { ErrorReport } from '../contract/terms.js';
import { ConfigError } from './configError.js';

/** An error as plain data, for machines and other processes. Anything but a LetheError is a defect, code `internal`. */
export function reportOf(error: unknown): ErrorReport {
  if (!(error instanceof LetheError)) {
    return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  }
  const { code, what, file, place, hint } = error;
  const problems = error instanceof ConfigError ? error.problems : undefined;
  return { code, message: what, file, place, hint, problems };
}

/** The error that a report was made from, as good as it can be had again. */
export function errorOf({ code, message, file, place, hint }: ErrorReport): LetheError {
  return new LetheError(code as ErrorCode, { message, file, place, hint });
}
