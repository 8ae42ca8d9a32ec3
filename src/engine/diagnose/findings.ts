import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import { START } from '../../base/textRange.js';
import type { Finding, FindingAction } from '../../contract/findings.js';
import { ConfigError } from '../../project/configError.js';
import { type FindingCode, factsOf, isFindingCode } from './codes.js';

/** Where a finding stands. */
export type Spot = Pick<Finding, 'file' | 'range'>;

export type Related = Finding['related'][number];

type Details = Spot &
  Pick<Finding, 'message' | 'model'> &
  Partial<Pick<Finding, 'severity' | 'hint' | 'related' | 'actions'>>;

/** A finding with the severity of its code, unless told otherwise. */
export function finding(code: FindingCode, details: Details): Finding {
  const { severity = factsOf(code).severity, related = [], actions = [], ...rest } = details;
  return { code, severity, ...rest, file: path.resolve(details.file), related, actions };
}

/** For what is true of a whole file: its start if it is a text, no range if it is not. */
export function wholeFile(file: string): Spot {
  return { file, range: /\.json$/i.test(file) ? START : null };
}

/**
 * What an error says, where it stands: at its own place in a text file, or else at the model as a whole.
 * @param fallback where it goes if it names no place in a text file.
 */
export function findingsOf(
  error: unknown,
  model: string | null,
  fallback: Spot,
  severity?: Finding['severity'],
): Finding[] {
  if (error instanceof ConfigError) {
    return error.problems.map(({ file, line, column, endLine, endColumn, message, hint, path: at, code }) =>
      finding(codeOf(code ?? 'config-invalid'), {
        ...{ file, range: { line, column, endLine, endColumn }, hint, model },
        message: at && !message.includes(at) ? `${at}: ${message}` : message,
      }),
    );
  }
  if (!(error instanceof LetheError)) {
    const said = error instanceof Error ? error.message : String(error);
    return [finding('internal', { ...fallback, model, message: said, hint: 'Please report this.' })];
  }
  const { at, what, place, hint, file } = error;
  const spot = at ?? fallback;
  const message = at || !place ? what : `${place}: ${what}`;
  const elsewhere = file !== undefined && path.resolve(file) !== path.resolve(spot.file);
  const related: Related[] = elsewhere ? [{ file: path.resolve(file), range: null, message: path.basename(file) }] : [];
  const actions: FindingAction[] =
    at && model && MISSING.includes(error.code)
      ? (error.locations ?? []).map((location) => ({ kind: 'choose-shard', model, location }))
      : [];
  const code = codeOf(error.code);
  return [finding(code, { file: spot.file, range: spot.range, model, message, hint, severity, related, actions })];
}

/** What another file in place of a weight file can mend. */
const MISSING: readonly string[] = ['weights-missing', 'weights-short'];

function codeOf(code: string): FindingCode {
  return isFindingCode(code) ? code : 'internal';
}
