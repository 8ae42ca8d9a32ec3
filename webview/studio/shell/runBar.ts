import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import { leftText, listText, pluralText } from '../../../src/contract/text.js';
import type { Content } from '../elements/content.js';
import { errorText } from '../elements/errorText.js';
import { icon } from '../elements/icon.js';
import { classRows } from '../state/classes.js';
import { headline } from '../state/runText.js';
import { basisOf, parseSettings } from '../state/settingsFields.js';
import { configOf, isBusy, type Studio } from '../state/studio.js';
import { detailText, steps } from './runSteps.js';

type Run = NonNullable<StudioSnapshot['run']>;

/** Starting, watching and stopping the work on this model. */
export function runBar(studio: Studio): TemplateResult {
  const { run } = studio.snapshot;
  return html`<section class="run" aria-label="Run" data-keeps-focus>
    ${run && isBusy(studio.snapshot) ? running(studio, run) : html`${idle(studio)} ${run ? outcome(studio, run) : nothing}`}
  </section>`;
}

function idle(studio: Studio): TemplateResult {
  const { selected, send, view, snapshot } = studio;
  const { settings } = parseSettings(view.settings, basisOf(snapshot));
  const obstacle = whyNot(studio);
  const noData = noDataReason(studio.snapshot);
  return html`<div class="buttons">
      <vscode-button class="main" ?disabled=${obstacle !== ''} @click=${() => send({ kind: 'unlearn', settings })}>
        ${selected.length === 0 ? 'Unlearn classes' : `Unlearn ${pluralText(selected.length, 'class', 'classes')}`}
      </vscode-button>
      <vscode-button appearance="secondary" ?disabled=${noData !== ''} @click=${() => send({ kind: 'evaluate' })}>Evaluate</vscode-button>
      <vscode-button appearance="secondary" ?disabled=${obstacle !== ''} title="Copy the equivalent lethe unlearn command"
        @click=${() => send({ kind: 'copyCommandLine', settings })}>Copy command line</vscode-button>
    </div>
    ${obstacle ? html`<p class="quiet">${obstacle}</p>` : html`<p class="quiet">A new model is written beside this one, which stays as it is.</p>`}`;
}

/** Why nothing can be unlearned now, as what to do about it; empty if it can. */
function whyNot({ snapshot, selected, view }: Studio): string {
  const noData = noDataReason(snapshot);
  if (noData) return noData;
  if (selected.length === 0) return 'Tick the classes to forget.';
  if (selected.length >= classRows(snapshot).length) return 'Leave at least one class to keep.';
  return Object.keys(parseSettings(view.settings, basisOf(snapshot)).problems).length > 0
    ? 'Correct the settings first.'
    : '';
}

function noDataReason(snapshot: StudioSnapshot): string {
  if (!snapshot.trusted) return 'Trust this workspace first.';
  const config = configOf(snapshot);
  if (config === undefined) return 'Looking for the model’s data…';
  return config === null ? 'Set up the model’s data first.' : '';
}

function running({ snapshot, send }: Studio, run: Run): TemplateResult {
  const { status, progress, step, secondsLeft } = run;
  const share = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : undefined;
  const now = share === undefined ? undefined : Math.floor(100 * share);
  return html`<div class="head">
      <h2>${jobTitle(run)}</h2>
      <vscode-button appearance="secondary" ?disabled=${status === 'cancelling'} @click=${() => send({ kind: 'cancel' })}>
        ${status === 'cancelling' ? 'Cancelling…' : 'Cancel'}
      </vscode-button>
    </div>
    ${steps(snapshot)}
    <div class="at"><span>${step}${now === undefined ? '' : html` <span class="quiet number">${now}%</span>`}</span>
      <span class="quiet left">${secondsLeft === null || status === 'cancelling' ? nothing : leftText(secondsLeft)}</span></div>
    <div class="progress ${share === undefined ? 'unknown' : ''}" role="progressbar" aria-label=${step || 'Starting'}
      aria-valuemin="0" aria-valuemax="100" aria-valuenow=${now ?? nothing}>
      <i style=${styleMap(share === undefined ? {} : { width: `${100 * share}%` })}></i>
    </div>
    <p class="quiet detail">${(progress && detailText(progress)) || '\u00a0'}</p>`;
}

function jobTitle({ kind, classes }: Run): string {
  return kind === 'evaluate' ? 'Evaluating' : `Unlearning ${listText(classes)}`;
}

/** How the last job ended, where it did not end well; a result speaks for itself. */
function outcome({ send }: Studio, run: Run): Content {
  if (run.status === 'cancelled')
    return html`<div class="banner information">${icon('circle-slash')}<p class="text">Cancelled. Nothing was written.</p></div>`;
  if (run.status !== 'failed' || !run.error) return nothing;
  return html`<div class="banner error" role="alert">
    ${icon('error')}
    <div class="text">
      <h3>${run.kind === 'evaluate' ? 'The model could not be evaluated' : `${listText(run.classes)} could not be unlearned`}</h3>
      ${errorText(run.error)}
    </div>
    <div class="buttons">
      <vscode-button appearance="secondary" @click=${() => send({ kind: 'open', what: 'log' })}>Show log</vscode-button>
    </div>
  </div>`;
}

/** What screen readers are told: each step once, not every percent of it. */
export function announcement({ run, shown }: StudioSnapshot): string {
  if (!run) return '';
  if (run.status === 'done') return run.kind === 'unlearn' && shown ? headline(shown.outcome) : 'Evaluated';
  if (run.status === 'cancelled') return 'Cancelled';
  return run.status === 'failed' ? '' : run.step ? `${jobTitle(run)}: ${run.step}` : jobTitle(run);
}
