import type { CandidateResult } from '../../../../src/contract/records.js';
import type { CandidatePicture } from '../../../../src/figures/candidates.js';

/** What sets a candidate apart, in a few words. */
export function noteOf(
  candidate: CandidateResult,
  { against, front }: CandidatePicture,
  { isShown, isSaved }: { readonly isShown: boolean; readonly isSaved: boolean },
): string {
  const line = against === 'recoverability' ? 'on the dial' : 'on the front';
  const notes = [
    isShown ? 'shown' : '',
    isSaved ? 'saved' : '',
    candidate.complete ? '' : 'few samples',
    failureOf(candidate),
    front.includes(candidate) ? line : '',
  ];
  return notes.filter(Boolean).join(', ');
}

/** Why a candidate is none of those to choose from by depth. */
export function whyOff(candidate: CandidateResult): string {
  const reason = candidate.complete ? failureOf(candidate) : 'was judged on few samples';
  return reason ? `it ${reason}` : 'another one keeps as much and forgets deeper';
}

function failureOf({ forgets, admissible }: CandidateResult): string {
  if (!forgets) return 'does not forget';
  return admissible ? '' : 'misses a limit';
}
