import { html, nothing, type TemplateResult } from 'lit';
import { modelName } from '../../../src/contract/names.js';
import { isSameCandidate, recipeText } from '../../../src/contract/recipes.js';
import type { Outcome, StudioRun } from '../../../src/contract/run.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import { countText, dateTimeText, listText, percentText, pluralText } from '../../../src/contract/text.js';
import type { Content } from '../elements/content.js';
import { dropdown } from '../elements/dropdown.js';
import { icon } from '../elements/icon.js';
import { headline, runTitle } from '../state/runText.js';
import { basisOf, settingsAgain } from '../state/settingsFields.js';
import { hasData, isBusy, type Studio } from '../state/studio.js';

/** What the shown run came to: whether it forgot, where the new model is, and what can be done with it. */
export function runHeader(studio: Studio): TemplateResult {
  const { shown } = studio.snapshot;
  return html`<div class="run-header" data-keeps-focus>
    ${shown ? aboutRun(studio, shown) : noRun(studio.snapshot)}
  </div>`;
}

function noRun({ summary, trusted }: StudioSnapshot): TemplateResult {
  return html`<h2>Nothing was forgotten yet</h2><p class="quiet">${known()}</p>`;

  function known(): string {
    if (!trusted) return 'Trust this workspace to see what the model knows, and to make it forget.';
    if (!summary?.measured) return 'Nobody has measured yet how well this model recognises its classes.';
    const { accuracy, samples, split } = summary.measured;
    return `The model recognises ${percentText(accuracy)} of ${countText(samples)} ${split} samples. A run will show here what it removed and what that cost.`;
  }
}

function aboutRun(studio: Studio, run: StudioRun): TemplateResult {
  const { outcome, state } = run;
  const names = listText(outcome.forget);
  if (state === 'running') {
    return html`<h2>What is known so far</h2>
      <p class="quiet">${icon('loading codicon-modifier-spin')} ${names} ${outcome.forget.length === 1 ? 'is' : 'are'} being forgotten. Every view fills as soon as its numbers are there.</p>`;
  }
  if (state === 'interrupted') return brokenOff(studio, run, names);
  return html`${runChoice(studio, run)}
    <div class="head"><h2 id="result-title">${headline(outcome)}</h2>${verdict(outcome)}</div>
    <p class="quiet">${whereabouts(studio.snapshot, run)}</p>
    ${choosing(studio.snapshot)} ${isSameCandidate(outcome.candidate, run.saved) ? nothing : otherCandidate(studio, run)}
    ${actions(studio, run)}`;
}

function brokenOff(studio: Studio, run: StudioRun, names: string): TemplateResult {
  const { snapshot, send, select } = studio;
  const again = () => {
    select(run.limits.map(({ index }) => index));
    send({ kind: 'unlearn', settings: run.settings ? settingsAgain(run.settings, basisOf(snapshot)) : {} });
  };
  return html`${runChoice(studio, run)}
    <div class="head">
      <h2>This run was broken off</h2>
      <span class="badge warn">${icon('debug-disconnect')}Not finished</span>
    </div>
    <p class="quiet">It was to forget ${names}, and began on ${dateTimeText(run.created)}. Nothing was written. What it had found is below; run it again for the rest.</p>
    <div class="buttons"><vscode-button ?disabled=${isBusy(snapshot) || !hasData(snapshot)} @click=${again}>Run it again</vscode-button></div>`;
}

/** Which of several runs is shown. */
function runChoice(
  { snapshot: { runs, model, brokenOff }, send }: Studio,
  { folder, outcome, created }: StudioRun,
): Content {
  const begun = (forget: readonly string[], when: string) => `${listText(forget, 2)}, ${dateTimeText(when)}`;
  // One that was recorded just now may be shown before it is listed.
  const isListed = folder === null || runs.some((entry) => entry.folder === folder);
  const unlisted = [
    ...(brokenOff ? [{ value: '', title: `${begun(brokenOff.forget, brokenOff.created)} (broken off)` }] : []),
    ...(isListed ? [] : [{ value: folder, title: begun(outcome.forget, created) }]),
  ];
  if (runs.length + unlisted.length < 2) return nothing;
  return dropdown({
    label: 'Run',
    value: folder ?? '',
    choices: [
      ...unlisted,
      ...runs.map((entry) => ({
        value: entry.folder,
        title: entry.output === model ? `${runTitle(entry)}: made this model` : runTitle(entry),
      })),
    ],
    chosen: (run) => send({ kind: 'show', run: run || null }),
  });
}

function verdict({ policy }: Outcome): TemplateResult {
  const missed = policy.filter(({ severity }) => severity === 'error').length;
  return missed === 0
    ? html`<span class="badge good">${icon('pass')}All limits met</span>`
    : html`<span class="badge bad">${icon('error')}${pluralText(missed, 'limit')} not met</span>`;
}

function whereabouts({ model, runs }: StudioSnapshot, { output, folder, created }: StudioRun): string {
  if (!output) return 'This run wrote no model.';
  const name = modelName(output.path);
  if (output.path === model) {
    const source = runs.find((entry) => entry.folder === folder)?.source;
    return `This model is the result. It was made${source ? ` from ${modelName(source)}` : ''} on ${dateTimeText(created)}.`;
  }
  return output.exists
    ? `The new model is ${name}. The old one was not written to: delete it or move it away.`
    : `The new model was ${name}, which is not there any more. Save it to get it back.`;
}

/** That a candidate which was clicked is being made. */
function choosing({ choosing }: StudioSnapshot): Content {
  if (!choosing) return nothing;
  return html`<p role="status">${icon('loading codicon-modifier-spin')} Making the candidate with ${recipeText(choosing.recipe)}…</p>`;
}

/** That what is shown is not what was saved. */
function otherCandidate({ snapshot, send }: Studio, { outcome, saved }: StudioRun): Content {
  if (!outcome.candidate) return nothing;
  const isBlocked = snapshot.choosing !== null;
  return html`<div class="banner information" role="status">
    ${icon('eye')}
    <div class="text">
      <p>You are looking at another candidate, ${recipeText(outcome.candidate.recipe)}. ${
        saved ? html`The saved model was made with ${recipeText(saved.recipe)}.` : 'It is not saved.'
      }</p>
      <div class="buttons">
        <vscode-button ?disabled=${isBlocked} title="Puts it in the place of the model that this run wrote"
          @click=${() => send({ kind: 'save', as: false })}>Save this one</vscode-button>
        <vscode-button appearance="secondary" ?disabled=${isBlocked} @click=${() => send({ kind: 'save', as: true })}>Save as…</vscode-button>
        ${
          saved
            ? html`<vscode-button appearance="secondary" ?disabled=${isBlocked}
                @click=${() => send({ kind: 'choose', candidate: saved.id })}>Back to the saved one</vscode-button>`
            : nothing
        }
      </div>
    </div>
  </div>`;
}

function actions(studio: Studio, { outcome, saved, output }: StudioRun): TemplateResult {
  const { snapshot, send } = studio;
  const isSaved = isSameCandidate(outcome.candidate, saved);
  const isThere = output?.exists === true;
  const isElsewhere = output !== null && output.path !== snapshot.model;
  return html`<div class="buttons">
    ${
      isElsewhere && isThere
        ? html`<vscode-button appearance=${isSaved ? 'primary' : 'secondary'} @click=${() => send({ kind: 'open', what: 'output' })}>
            ${isSaved ? 'Open new model' : 'Open saved model'}</vscode-button>`
        : nothing
    }
    ${isSaved && !isThere ? html`<vscode-button @click=${() => send({ kind: 'save', as: false })}>Save</vscode-button>` : nothing}
    ${
      isSaved
        ? html`<vscode-button appearance="secondary" title="Saves this model under another name" ?disabled=${snapshot.choosing !== null}
            @click=${() => send({ kind: 'save', as: true })}>Save as…</vscode-button>`
        : nothing
    }
    <vscode-button appearance="secondary" title="Copies the lethe unlearn command that does this again"
      @click=${() => send({ kind: 'copyRunCommandLine' })}>Copy command line</vscode-button>
    ${report(studio)}
  </div>`;
}

/** Making the report; pictures of what was to be forgotten only if asked for. */
function report({ snapshot, view, change, send }: Studio): TemplateResult {
  const { forgottenPictures } = view;
  const ticked = (event: Event) => {
    const { checked } = event.currentTarget as HTMLInputElement;
    if (checked !== forgottenPictures) change({ forgottenPictures: checked });
  };
  return html`<span class="report">
    <vscode-button appearance="secondary" title="One HTML page with everything that is shown here, the settings and the hashes"
      @click=${() => send({ kind: 'report', forgottenPictures })}>Report</vscode-button>
    ${
      hasData(snapshot)
        ? html`<vscode-checkbox .checked=${forgottenPictures} @change=${ticked}
            title="Without them, the report keeps no sample of a class that had to be forgotten">with pictures of forgotten classes</vscode-checkbox>`
        : nothing
    }
  </span>
  ${forgottenPictures ? html`<p class="quiet">The report will then keep samples of what the model had to forget: mind who gets it.</p>` : nothing}`;
}
