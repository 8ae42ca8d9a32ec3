import { html, nothing, type TemplateResult } from 'lit';
import type { SaliencyResult } from '../../../../src/contract/explain.js';
import type { SampleRef } from '../../../../src/contract/terms.js';
import { percentText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { noAnswer, noSamples, onlyBefore } from '../../elements/emptyState.js';
import { sampleChooser } from '../../elements/sampleChooser.js';
import { term } from '../../elements/term.js';
import type { Answer } from '../../state/answers.js';
import { endedRun, nameOf, type SampleClass, sampleClasses } from '../../state/sampleClasses.js';
import { hasData, isBusy, type Studio } from '../../state/studio.js';
import { focus } from './focus.js';
import { maps } from './maps.js';

/** Where the model looks in a sample to tell its class, before and after. */
export function saliency(studio: Studio): Content {
  const { snapshot, view, change } = studio;
  if (!hasData(snapshot)) {
    return noSamples(
      studio,
      'Saliency shows which parts of a picture the model looks at. It needs samples to look at.',
    );
  }
  const classes = sampleClasses(snapshot);
  if (classes.length === 0) return nothing;
  const run = endedRun(snapshot);
  const sample = chosenSample(studio, classes);
  const own = studio.ask('saliency', { sample });
  const answer = view.explains === 'own' ? own : ofPredicted(studio, own);
  const samples = own.value?.count ?? classes.find(({ index }) => index === sample.class)?.samples ?? null;
  // Asked beforehand, so that the next sample is there at once.
  if (samples !== null && sample.nth + 1 < samples)
    studio.ask('saliency', { sample: { ...sample, nth: sample.nth + 1 } });
  return html`<section class="saliency" aria-labelledby="saliency-title">
      <div class="intro">
        <h3 id="saliency-title">Where the model looks</h3>
        <p class="quiet">${term('Grad-CAM')} marks the places of a sample that speak for a class: the lighter a place, the more it raises the class’s
        ${term('logit')}. A model that has forgotten a class finds nothing there that speaks for it.</p>
      </div>
      <div class="choice">
        ${sampleChooser({ id: 'saliency', title: 'Sample', classes, sample, count: samples, choose: (chosen) => change({ sample: chosen }) })}
        ${targetChooser(studio, classes, sample, own.value)}
      </div>
      <p class="verdict" role="status">${answer.value ? verdict(answer.value, classes) : nothing}</p>
      ${body(studio, classes, sample, own, answer)}
    </section>
    ${run && !own.error ? focus(studio, classes, run.outcome) : nothing}`;
}

/** The chosen sample, else the first of a class that is forgotten, or is to be. */
function chosenSample({ view, selected }: Studio, classes: readonly SampleClass[]): SampleRef {
  if (view.sample && classes.some(({ index }) => index === view.sample!.class)) return view.sample;
  const isForgotten = classes[0].fate === 'forgotten';
  return { class: isForgotten ? classes[0].index : (selected[0] ?? classes[0].index), nth: 0 };
}

/** The maps of the class that the sample is taken for now: the same ones as its own where it is recognised. */
function ofPredicted(studio: Studio, own: Answer<'saliency'>): Answer<'saliency'> {
  if (!own.value) return own;
  const target = takenFor(own.value);
  return target === own.value.target ? own : studio.ask('saliency', { sample: own.value.sample, target });
}

function takenFor({ before, after }: SaliencyResult): number {
  return (after ?? before).predicted;
}

function targetChooser(
  { view, change }: Studio,
  classes: readonly SampleClass[],
  sample: SampleRef,
  own: SaliencyResult | undefined,
): TemplateResult {
  const chosen = (event: Event) => {
    const explains = (event.currentTarget as HTMLSelectElement).value === 'predicted' ? 'predicted' : 'own';
    if (explains !== view.explains) change({ explains });
  };
  return html`<div class="target">
    <label for="saliency-target">Show what speaks for</label>
    <vscode-dropdown id="saliency-target" aria-label="Show what speaks for" .value=${view.explains} @change=${chosen}>
      <vscode-option value="own">its own class: ${nameOf(classes, sample.class)}</vscode-option>
      <vscode-option value="predicted">the class it is taken for${own ? `: ${nameOf(classes, takenFor(own))}` : ''}</vscode-option>
    </vscode-dropdown>
  </div>`;
}

function body(
  studio: Studio,
  classes: readonly SampleClass[],
  sample: SampleRef,
  own: Answer<'saliency'>,
  answer: Answer<'saliency'>,
): Content {
  const { snapshot, view, change, retry } = studio;
  const { error, value } = answer;
  if (error) {
    const question = own.value ? { sample, target: takenFor(own.value) } : { sample };
    const isLasting = error.code === 'no-saliency';
    return noAnswer(
      isLasting ? 'This model has no places to look at' : 'This sample can’t be explained',
      error,
      isLasting
        ? html`<vscode-button @click=${() => change({ tab: 'boundary' })}>Show decision boundary</vscode-button>`
        : html`<vscode-button @click=${() => retry('saliency', question)}>Try again</vscode-button>
          ${view.sample ? html`<vscode-button appearance="secondary" @click=${() => change({ sample: null })}>First sample</vscode-button>` : nothing}`,
    );
  }
  if (!value) {
    return html`<div class="maps-skeleton skeleton" role="status" aria-busy="true" aria-label="Looking at the sample"></div>
      ${isBusy(snapshot) ? html`<p class="quiet">The engine is at work; this comes after it.</p>` : nothing}`;
  }
  return html`${maps(value, classes)}${onlyBefore(snapshot)}`;
}

/** What the maps come to, in a sentence. */
function verdict({ sample, target, before, after, kept }: SaliencyResult, classes: readonly SampleClass[]): string {
  const [name, explained] = [nameOf(classes, sample.class), nameOf(classes, target)];
  const sure = ({ predicted, confidence }: { predicted: number; confidence: number }) =>
    `${nameOf(classes, predicted)} (${percentText(confidence)})`;
  if (!after) return `This sample of ${name} is taken for ${sure(before)}.`;
  const answers =
    before.predicted === after.predicted
      ? `The sample is taken for ${nameOf(classes, after.predicted)} as before (${percentText(before.confidence)} before, ${percentText(after.confidence)} after).`
      : `The sample was taken for ${sure(before)} and is now taken for ${sure(after)}.`;
  return `${focusLeft(kept, explained)} ${answers}`;
}

function focusLeft(kept: number | null, name: string): string {
  if (kept === null) return `There was no focus on ${name} before.`;
  const share = percentText(kept);
  return share === percentText(0)
    ? `Nothing is left of the focus on ${name}.`
    : `${share} of the focus on ${name} is left.`;
}
