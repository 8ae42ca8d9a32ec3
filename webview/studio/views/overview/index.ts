import { html, nothing, type TemplateResult } from 'lit';
import type { Content } from '../../elements/content.js';
import { emptyState } from '../../elements/emptyState.js';
import type { Studio } from '../../state/studio.js';
import { cards } from './cards.js';
import { classesFigure } from './classes.js';
import { destinationsFigure } from './destinations.js';
import { remarks } from './remarks.js';
import { start } from './start.js';

/** What a run came to at a glance, or how to begin one. */
export function overview(studio: Studio): Content {
  const { shown } = studio.snapshot;
  if (!shown) return start(studio);
  const { outcome } = shown;
  if (!outcome.before && outcome.perClass.length === 0) return unknown(shown.state === 'running');
  return html`${cards(shown)} ${remarks(shown)} ${classesFigure(studio, shown)}
    ${outcome.confusionBefore ? destinationsFigure(studio, shown, outcome.confusionBefore) : nothing}`;
}

function unknown(isRunning: boolean): TemplateResult {
  return isRunning
    ? emptyState(
        'loading codicon-modifier-spin',
        'Measuring',
        'How well each class is recognised before the run shows here in a moment.',
      )
    : emptyState('debug-disconnect', 'Nothing was measured', 'The run was broken off before that.');
}
