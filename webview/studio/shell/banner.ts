import { html, nothing, type TemplateResult } from 'lit';
import type { Finding, FindingAction } from '../../../src/contract/findings.js';
import { baseName } from '../../../src/contract/names.js';
import type { ErrorReport } from '../../../src/contract/terms.js';
import { listText, pluralText, sentenceText } from '../../../src/contract/text.js';
import type { Content } from '../elements/content.js';
import { errorText } from '../elements/errorText.js';
import { icon } from '../elements/icon.js';
import { configOf, isBusy, type Studio } from '../state/studio.js';

/** Findings that are shown at once; the others are folded. */
const SHOWN = 4;
const ICONS: Record<Finding['severity'], string> = { error: 'error', warning: 'warning', information: 'info' };
const RANK: readonly Finding['severity'][] = ['error', 'warning', 'information'];

/** What stands between this model and being done with: no trust, no data, findings; each with what can be done about it. */
export function banners(studio: Studio): Content {
  const { findings, trusted, summary } = studio.snapshot;
  const sorted = [...findings].sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity));
  const items = [
    ...(trusted ? [] : [restricted(studio)]),
    ...(trusted && configOf(studio.snapshot) === null ? [noData(studio)] : []),
    ...(summary?.error && sorted[0]?.severity !== 'error' ? [fault(studio, summary.error)] : []),
    ...sorted.map((finding) => findingBanner(studio, finding)),
  ];
  if (items.length === 0) return nothing;
  const more = items.slice(SHOWN);
  return html`<section class="banners" aria-label="Findings">
    ${items.slice(0, SHOWN)}
    ${more.length > 0 ? html`<details><summary>${pluralText(more.length, 'more finding')}</summary>${more}</details>` : nothing}
  </section>`;
}

function banner(tone: string, name: string, text: Content, buttons: Content): TemplateResult {
  return html`<div class="banner ${tone}">${icon(name)}<div class="text">${text}</div><div class="buttons">${buttons}</div></div>`;
}

function restricted({ send }: Studio): TemplateResult {
  return banner(
    'warning',
    'workspace-untrusted',
    html`<p>Restricted mode: only the headers of the model’s files were read. Trust this workspace to evaluate and unlearn.</p>`,
    button('Manage trust', () => send({ kind: 'open', what: 'trust' })),
  );
}

function noData({ send }: Studio): TemplateResult {
  return banner(
    'information',
    'info',
    html`<p>No lethe.json tells where this model’s data is. It takes a minute to set up.</p>`,
    html`<vscode-button @click=${() => send({ kind: 'setUp' })}>Set up…</vscode-button>`,
  );
}

/** What the model's file or its `lethe.json` has wrong, where no finding tells. */
function fault({ send }: Studio, error: ErrorReport): TemplateResult {
  const open = () => send({ kind: 'open', what: 'config' });
  const isConfig = error.code === 'config-invalid';
  return banner('error', 'error', errorText(error), isConfig ? button('Open lethe.json', open) : nothing);
}

function findingBanner(studio: Studio, finding: Finding): TemplateResult {
  const { code, severity, message, actions } = finding;
  const isBlocked = (action: FindingAction) =>
    (action.kind === 'evaluate' || action.kind === 'unlearn') && isBusy(studio.snapshot);
  return banner(
    severity,
    ICONS[severity],
    html`<p>${sentenceText(message)} <code class="quiet">${code}</code></p>${toDo(finding)}`,
    actions.map((action) => {
      const act = () => studio.send({ kind: 'action', action });
      return button(actionTitle(action), act, isBlocked(action));
    }),
  );
}

/** Where there are buttons, they say it. */
function toDo({ hint, actions }: Finding): Content {
  return hint && actions.length === 0 ? html`<p class="quiet">${hint}</p>` : nothing;
}

function button(title: string, act: () => void, disabled = false): TemplateResult {
  return html`<vscode-button appearance="secondary" ?disabled=${disabled} @click=${act}>${title}</vscode-button>`;
}

function actionTitle(action: FindingAction): string {
  switch (action.kind) {
    case 'evaluate':
      return 'Evaluate';
    case 'unlearn':
      return `Unlearn ${listText(action.classes, 2)}`;
    case 'open-report':
      return 'Open report';
    case 'choose-shard':
      return `Choose ${baseName(action.location)}…`;
    case 'delete-model':
      return 'Delete…';
  }
}
