import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { SampleRef } from '../../../src/contract/terms.js';
import { countText } from '../../../src/contract/text.js';
import { nameOf, type SampleClass, titleOf } from '../state/sampleClasses.js';
import { dropdown } from './dropdown.js';
import { icon } from './icon.js';

/** Classes up to which a list unfolds; of more, a name is typed and completed. */
const MOST_OPTIONS = 100;

export interface SampleChoice {
  /** Tells the choosers of one page apart, and to people what is chosen: `Anchor A`. */
  readonly id: string;
  readonly title: string;
  readonly classes: readonly SampleClass[];
  /** Undefined as long as it is not known. */
  readonly sample: SampleRef | undefined;
  /** Samples of its class, null if not known. */
  readonly count: number | null;
  readonly choose: (sample: SampleRef) => void;
}

/** Chooses a sample: its class, and which of the class's samples, counted from 1 for people. */
export function sampleChooser(choice: SampleChoice): TemplateResult {
  const { title, sample, count: samples, choose } = choice;
  const last = samples === null ? Number.MAX_SAFE_INTEGER : samples - 1;
  const go = (nth: number) => {
    if (sample && nth >= 0 && nth <= last && nth !== sample.nth) choose({ ...sample, nth });
  };
  const written = (event: Event) => {
    const field = event.currentTarget as HTMLInputElement;
    const text = field.value.trim();
    field.value = sample ? String(sample.nth + 1) : '';
    if (/^\d+$/.test(text) && Number(text) >= 1) go(Math.min(Number(text) - 1, last));
  };
  return html`<div class="sample-chooser" role="group" aria-label=${title}>
    ${classChooser(choice)}
    <div class="steps">
      <vscode-button appearance="secondary" aria-label="Previous sample" title="Previous sample"
        ?disabled=${!sample || sample.nth === 0} @click=${() => go(sample!.nth - 1)}>${icon('chevron-left')}</vscode-button>
      <vscode-text-field aria-label="Sample" .value=${sample ? String(sample.nth + 1) : ''} @change=${written}></vscode-text-field>
      <span class="of">${samples === null ? nothing : `of ${countText(samples)}`}</span>
      <vscode-button appearance="secondary" aria-label="Next sample" title="Next sample"
        ?disabled=${!sample || sample.nth >= last} @click=${() => go(sample!.nth + 1)}>${icon('chevron-right')}</vscode-button>
    </div>
  </div>`;
}

function classChooser({ id, classes, sample, choose }: SampleChoice): TemplateResult {
  const chosen = (index: number) => {
    if (index !== sample?.class) choose({ class: index, nth: 0 });
  };
  if (classes.length > MOST_OPTIONS) return classFinder(id, classes, sample?.class, chosen);
  return dropdown({
    label: 'Class',
    value: sample ? String(sample.class) : '',
    choices: classes.map((entry) => ({ value: String(entry.index), title: titleOf(entry) })),
    isLabelled: false,
    isDisabled: !sample,
    chosen: (value) => chosen(Number(value)),
  });
}

/** What is typed is completed from all names; anything else is taken back. */
function classFinder(
  id: string,
  classes: readonly SampleClass[],
  index: number | undefined,
  chosen: (index: number) => void,
): TemplateResult {
  const name = index === undefined ? '' : nameOf(classes, index);
  const written = (event: Event) => {
    const field = event.currentTarget as HTMLInputElement;
    const text = field.value.trim().toLowerCase();
    const found = classes.find((entry) => entry.name.toLowerCase() === text);
    field.value = name;
    if (found) chosen(found.index);
  };
  return html`<input class="class-finder" type="text" aria-label="Class" title="Type a part of a name" list="${id}-classes"
      .value=${name} @change=${written} @focus=${(event: Event) => (event.currentTarget as HTMLInputElement).select()} />
    <datalist id="${id}-classes">
      ${guard([classes], () => classes.map((entry) => html`<option value=${entry.name}>${entry.fate ?? ''}</option>`))}
    </datalist>`;
}
