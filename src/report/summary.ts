import type { Candidate } from '../contract/candidates.js';
import { recipeText } from '../contract/recipes.js';
import type { RunRecord } from '../contract/records.js';
import {
  errorText,
  RECOVERABILITY_HINT,
  RECOVERABILITY_UNKNOWN,
  recoverabilitySentence,
} from '../contract/recoverability.js';
import {
  countText,
  dateTimeText,
  durationText,
  limitText,
  listText,
  percentText,
  pluralText,
  pointsText,
} from '../contract/text.js';
import { type Html, html } from './html.js';

/**
 * The head of the page: what was forgotten, from which file, and whether every limit is met.
 * @param written the pair of the saved model, where the page is about another candidate.
 */
export function header(record: RunRecord, written?: Candidate): Html {
  const unmet = record.result.policy.filter((finding) => finding.severity === 'error').length;
  const verdict =
    unmet === 0
      ? html`<span class="badge good">all limits met</span>`
      : html`<span class="badge bad">${pluralText(unmet, 'limit')} not met</span>`;
  return html`<header>
    <p class="kind">Lethe unlearning report</p>
    <h1>${allOf(record.result.forget)} <span class="quiet">forgotten by</span> ${record.source.path}</h1>
    <p>${verdict} ${written && html`<span class="badge warn">not the candidate that was saved</span>`} <time datetime="${record.created}">${dateTimeText(record.created, 'utc')}</time> <span class="quiet">run ${record.id}</span></p>
  </header>`;
}

/** The numbers that matter, as cards. */
export function cards({ result, settings }: RunRecord): Html {
  const { before, after, measuredOn, candidate } = result;
  const { recipe } = candidate;
  return html`<section class="cards">
    ${card('Forgotten classes', percentText(after.forgetAccuracy), `accuracy, before: ${percentText(before.forgetAccuracy)}`, 'forget')}
    ${card('Kept classes', percentText(after.retainAccuracy), `accuracy, ${pointsText(before.retainAccuracy, after.retainAccuracy)} points`, 'retain')}
    ${recoverabilityCard(result)}
  </section>
  <section class="cards">
    ${card('Layers edited', `${result.layers.length}`, `${result.skipped.length} left alone`)}
    ${card('Chosen', `${recipe.alphaR} / ${recipe.alphaF}`, `α retain / α forget of ${recipe.method}, one of ${countText(result.candidates.length)}`)}
    ${card('Measured on', countText(measuredOn.samples), `${measuredOn.heldOut ? 'held-out ' : ''}${measuredOn.split} samples`)}
    ${card('Time', durationText(result.seconds.total), `${countText(settings.samples)} samples a class`)}
  </section>
  ${recoverabilityNote(result)}`;
}

/** Nothing in a record that does not tell it: the note says so. */
function recoverabilityCard({ recoverability: { before, after } }: RunRecord['result']): Html | false {
  if (!after) return false;
  const was = before ? `, before: ${percentText(before.balancedAccuracy)}` : '';
  return card(
    'Still readable',
    percentText(after.balancedAccuracy),
    `recoverability, ${errorText(after)} points${was}`,
    'forget',
  );
}

/** How well the forgotten classes can be read from inside, in words. */
function recoverabilityNote({ recoverability, forget }: RunRecord['result']): Html {
  const said = recoverabilitySentence(recoverability, forget);
  return said === ''
    ? html`<p class="quiet note">${RECOVERABILITY_UNKNOWN}</p>`
    : html`<p class="note">${said} <span class="quiet">${RECOVERABILITY_HINT}</span></p>`;
}

function card(title: string, value: string, note: string, tone = ''): Html {
  return html`<div class="card ${tone}"><h3>${title}</h3><p class="value">${value}</p><p class="quiet">${note}</p></div>`;
}

/** What was asked for and why, and the two files with their digests. */
export function statement(record: RunRecord, written?: Candidate): Html {
  const { source, output, result } = record;
  return html`<section>
    <h2>What was done</h2>
    <table class="facts">
      ${record.forget.map(
        (entry) =>
          html`<tr><th>Forget</th><td><b>${entry.class}</b> (output ${entry.index}), at most ${limitText(entry.maxAccuracy)} accuracy${
            entry.reason !== null && html`<br><span class="quiet">Reason:</span> ${entry.reason}`
          }</td></tr>`,
      )}
      ${record.earlier.length > 0 && html`<tr><th>Kept forgotten</th><td>${allOf(record.earlier.map((entry) => entry.class))}</td></tr>`}
      <tr><th>Source</th><td>${files(source.files)}<span class="quiet">Superseded by the new model: delete it or move it away. It was not written to.</span></td></tr>
      <tr><th>New model</th><td>${
        written &&
        html`<p>This page is about the candidate with ${recipeText(result.candidate.recipe)}, which the run did not save. It
          wrote a model with ${recipeText(written.recipe)}, whose numbers are other ones:</p>`
      }${files(output.files)}</td></tr>
    </table>
  </section>`;
}

/** Paths with size and SHA-256. */
export function files(entries: RunRecord['source']['files']): Html[] {
  return entries.map(
    (file) =>
      html`<div class="file"><span>${file.path}</span> <span class="quiet">${countText(file.bytes)} bytes</span><code>${file.sha256}</code></div>`,
  );
}

/** Limits of the policy that are not met, and warnings about kept classes. */
export function findings({ result }: RunRecord): Html | false {
  if (result.policy.length === 0 && result.notes.length === 0) return false;
  return html`<section>
    <h2>Findings</h2>
    <ul class="findings">
      ${result.policy.map(
        (finding) =>
          html`<li><span class="badge ${finding.severity === 'error' ? 'bad' : 'warn'}">${
            finding.severity === 'error' ? 'limit not met' : 'warning'
          }</span> ${finding.message}</li>`,
      )}
      ${result.notes.map((note) => html`<li><span class="badge">note</span> ${note}</li>`)}
    </ul>
  </section>`;
}

/** A record leaves none out. */
function allOf(names: readonly string[]): string {
  return listText(names, names.length);
}
