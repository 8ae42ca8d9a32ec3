import { html } from 'lit';
import type { StudioRun } from '../../../../src/contract/run.js';
import type { CandidatePicture } from '../../../../src/figures/candidates.js';
import type { Content } from '../../elements/content.js';
import { term } from '../../elements/term.js';
import type { Key } from '../../plots/keys.js';
import { COLOURS } from '../../plots/theme.js';

/** What the picture of candidates shows, and what can be done with it. */
export function explanation({ state }: StudioRun, { against }: CandidatePicture): Content {
  const meaning =
    against === 'recoverability'
      ? html`Each point is a candidate: a model that the run tried. Up: it knows the kept classes better. To the left: less of the
          forgotten ones can be read from it (${term('recoverability')}); the thin bars are one standard error.`
      : html`Each point is a candidate: a model made with one pair of ${term('alpha', 'alphas')}. The best ones are at the top left:
          they know the kept classes well and the forgotten ones hardly.`;
  return html`${meaning} ${
    state === 'recorded'
      ? 'Choose a point to see that candidate in every view. Nothing is saved until you press Save.'
      : waiting(state)
  }`;
}

/** Why no candidate can be chosen. */
export function waiting(state: StudioRun['state']): string {
  return state === 'running'
    ? 'They can be chosen when the run has ended.'
    : 'The run was broken off, so that they can’t be chosen: run it again.';
}

export function legend(
  { saved, outcome, limits }: StudioRun,
  { against, complete, rough, apart, front }: CandidatePicture,
): Key[] {
  const isRead = against === 'recoverability';
  const limited = limits.length === 1 && !isRead ? limits : [];
  return [
    ...(complete.length > 0
      ? [{ shape: 'circle' as const, colour: COLOURS.retain, text: 'judged on all samples' }]
      : []),
    ...(rough.length > 0
      ? [{ shape: 'small-circle' as const, colour: COLOURS.retain, text: 'judged on few samples: less sure' }]
      : []),
    ...(apart.length > 0
      ? [{ shape: 'cross' as const, colour: COLOURS.forget, text: 'does not forget, or breaks a limit' }]
      : []),
    ...(front.length > 1
      ? [
          {
            shape: 'line' as const,
            colour: COLOURS.quiet,
            text: isRead ? 'those on the dial: none is better in both' : 'Pareto front: none is better in both',
          },
        ]
      : []),
    ...(outcome.candidate ? [{ shape: 'ring' as const, colour: COLOURS.text, text: 'shown' }] : []),
    ...(saved ? [{ shape: 'diamond' as const, colour: COLOURS.text, text: 'saved' }] : []),
    ...limited.map(({ class: name }) => ({
      shape: 'dashed' as const,
      colour: COLOURS.forget,
      text: `limit for ${name}`,
    })),
  ];
}
