import type { AlphaPair } from '../../../../src/contract/terms.js';
import { EXAMPLE_PAIR } from '../../state/settingsFields.js';

/** Values of alpha that a slider stops at: about twelve to the power of ten, and the run's own. */
export function alphaStops(ofRun: number | undefined): readonly number[] {
  const stops = [0, 1, 2, 3].flatMap((power) =>
    [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9].map((first) => +(first * 10 ** power).toPrecision(3)),
  );
  return [...new Set([...stops, 10_000, ...(ofRun === undefined ? [] : [ofRun])])].sort((a, b) => a - b);
}

/** The pair that is drawn, and what it is. */
export interface Trial {
  /** What the shown candidate was made with, null as long as none is chosen. */
  readonly ofRun: AlphaPair | null;
  /** Of an example while the run has chosen none and nobody moved a slider. */
  readonly drawn: AlphaPair;
  /** Whether they differ: the picture says what would be, not what is. */
  readonly isWhatIf: boolean;
}

/** @param whatIf the pair that was set by hand, and the pair of the run at that time: another one makes it void. */
export function trialOf(
  ofRun: AlphaPair | null,
  whatIf: { readonly instead: AlphaPair; readonly of: AlphaPair | null } | null,
): Trial {
  const isValid = whatIf !== null && isSame(whatIf.of, ofRun) && !isSame(whatIf.instead, ofRun);
  const drawn = isValid ? whatIf.instead : (ofRun ?? EXAMPLE_PAIR);
  return { ofRun, drawn, isWhatIf: !isSame(drawn, ofRun) };
}

function isSame(a: AlphaPair | null, b: AlphaPair | null): boolean {
  return a?.alphaR === b?.alphaR && a?.alphaF === b?.alphaF;
}
