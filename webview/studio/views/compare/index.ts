import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import type { Content } from '../../elements/content.js';
import { dropdown } from '../../elements/dropdown.js';
import { emptyState } from '../../elements/emptyState.js';
import { runTitle } from '../../state/runText.js';
import type { Studio } from '../../state/studio.js';
import { candidatesFigure } from './candidates.js';
import { classesFigure } from './classes.js';
import { layersFigure } from './layers.js';
import { settingsTable } from './settings.js';
import { summaryTable } from './summary.js';

/** Two runs of the same model side by side. */
export function compare(studio: Studio): Content {
  const { shown, compared, runs } = studio.snapshot;
  const purpose =
    'Here you can put two runs side by side: what each one forgot, what it cost, and which settings made the difference.';
  if (!shown) return emptyState('git-compare', 'Nothing to compare yet', `${purpose} It takes two runs of this model.`);
  if (shown.state !== 'recorded') {
    return emptyState('git-compare', 'This run has no result to compare', `${purpose} It takes runs that have ended.`);
  }
  const source = runs.find(({ folder }) => folder === shown.folder)?.source;
  const others = runs.filter((run) => run.folder !== shown.folder && (source === undefined || run.source === source));
  if (others.length === 0) {
    return emptyState(
      'git-compare',
      'There is only one run yet',
      `${purpose} Run again with other classes or settings.`,
    );
  }
  const other = others.some(({ folder }) => folder === compared?.folder) ? compared : null;
  return html`<section class="compare">
    ${dropdown({
      label: 'Compare with',
      value: other?.folder ?? '',
      choices: [
        { value: '', title: 'Choose a run…' },
        ...others.map((run) => ({ value: run.folder, title: runTitle(run) })),
      ],
      chosen: (run) => studio.send({ kind: 'compare', run: run || null }),
    })}
    ${other ? guard([shown, other], () => sideBySide(shown, other)) : html`<p class="quiet">${purpose}</p>`}
  </section>`;
}

/** @param a the run that is shown everywhere. @param b the other one. */
function sideBySide(a: StudioRun, b: StudioRun): TemplateResult {
  return html`${summaryTable(a, b)} ${classesFigure(a.outcome, b.outcome)} ${layersFigure(a.outcome, b.outcome)}
    ${candidatesFigure(a.outcome, b.outcome)} ${a.settings && b.settings ? settingsTable(a.settings, b.settings) : nothing}`;
}
