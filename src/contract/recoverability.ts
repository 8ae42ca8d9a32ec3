import type { Recoverability } from './records.js';
import { decimalText, listText, NONE, percentText } from './text.js';

/**
 * How well forgotten classes can still be read from a model, in words: the same on the command line, in the Studio and in the
 * report.
 */

/** Before and after a run; null where it can't be told. */
export interface Readable {
  readonly before: Recoverability | null;
  readonly after: Recoverability | null;
}

/** `89.5% ± 1.0`: with one standard error in points. */
export function recoverabilityText(recoverability: Recoverability | null | undefined): string {
  if (!recoverability) return NONE;
  return `${percentText(recoverability.balancedAccuracy)} ${errorText(recoverability)}`;
}

/** `± 1.0`, in points. */
export function errorText({ error }: Pick<Recoverability, 'error'>): string {
  return `± ${decimalText(100 * error, 1)}`;
}

/** What the number says of a run, in a sentence; empty where nobody knows. @param forget names of the forgotten classes. */
export function recoverabilitySentence({ before, after }: Readable, forget: readonly string[]): string {
  const now = after ?? before;
  if (!now) return '';
  const tells = `a linear probe on the last hidden layer ${after ? 'tells' : 'told'} samples of ${listText(forget)} from others`;
  const aside = [after && before ? `${percentText(before.balancedAccuracy)} before the run` : '', GUESSING];
  return `${after ? 'After' : 'Before'} the run, ${tells} ${percentText(now.balancedAccuracy)} of the time (${aside.filter(Boolean).join('; ')}).`;
}

const GUESSING = 'guessing is right 50% of the time';

/** What it should be compared with. */
export const RECOVERABILITY_HINT =
  'A model that never saw the class is not at 50% either, as what it knows of other classes sets such samples apart too: compare with that, not with 50%.';

/** Said where there is no such number. */
export const RECOVERABILITY_UNKNOWN =
  'How well the forgotten classes can still be read from inside the model is not known.';
