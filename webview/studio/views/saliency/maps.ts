import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { ClassMap, SaliencyResult } from '../../../../src/contract/explain.js';
import { countText, decimalText, percentText, signedText } from '../../../../src/contract/text.js';
import { differenceOf, differenceScale, groundOf, heatScale, rampOf, strongest } from '../../../../src/figures/heat.js';
import type { Content } from '../../elements/content.js';
import { term } from '../../elements/term.js';
import { nameOf, type SampleClass } from '../../state/sampleClasses.js';
import '../../elements/picture.js';

/** The sample, where the model looks before and after, and the difference, all on one scale. */
export function maps(result: SaliencyResult, classes: readonly SampleClass[]): TemplateResult {
  return html`${guard([result, classes], () => {
    const { before, after } = result;
    const most = strongest(before, after);
    return html`<div class="maps ${after ? '' : 'single'}">
      ${original(result, classes)} ${seen('Before', result, before, most, classes)}
      ${after ? [seen('After', result, after, most, classes), difference(result, before, after, most)] : nothing}
    </div>
    ${most > 0 ? legend(most, after !== null) : nothing}`;
  })}`;
}

function original(
  { sample, count: samples, split, picture, before }: SaliencyResult,
  classes: readonly SampleClass[],
): TemplateResult {
  const name = nameOf(classes, sample.class);
  return panel(
    'Sample',
    html`<lethe-picture .picture=${groundOf(picture, before)} label="A sample of ${name}"></lethe-picture>`,
    html`<dt>Class</dt><dd class="name" title=${name}>${name}</dd>
      <dt>Sample</dt><dd>${countText(sample.nth + 1)} of ${countText(samples)}, ${split}</dd>`,
  );
}

function seen(
  when: 'Before' | 'After',
  { picture, target }: SaliencyResult,
  map: ClassMap,
  most: number,
  classes: readonly SampleClass[],
): TemplateResult {
  const name = nameOf(classes, map.predicted);
  const overlay = { map, color: heatScale(most) };
  const where = map.mass > 0 ? `strongest ${placeOf(map)}` : 'none';
  return panel(
    when,
    html`<lethe-picture .picture=${groundOf(picture, map)} .overlay=${overlay}
      label="Focus on ${nameOf(classes, target)} ${when.toLowerCase()}: ${where}"></lethe-picture>`,
    html`<dt>Taken for</dt><dd class="name" title=${name}>${name}, ${percentText(map.confidence)}</dd>
      <dt>${term('logit', 'Logit')}</dt><dd>${decimalText(map.logit)}</dd>`,
  );
}

function difference(
  { picture, kept }: SaliencyResult,
  before: ClassMap,
  after: ClassMap,
  most: number,
): TemplateResult {
  const overlay = { map: differenceOf(before, after), color: differenceScale(most) };
  return panel(
    'Difference',
    html`<lethe-picture .picture=${groundOf(picture, before)} .overlay=${overlay}
      label="Focus lost and gained"></lethe-picture>`,
    html`<dt>${term('focus kept', 'Focus kept')}</dt><dd>${percentText(kept)}</dd>
      <dt>Logit</dt><dd>${signedText(after.logit - before.logit, 2)}</dd>`,
  );
}

function panel(title: string, picture: TemplateResult, numbers: TemplateResult): TemplateResult {
  return html`<section class="map" aria-label=${title}><h4>${title}</h4>${picture}<dl>${numbers}</dl></section>`;
}

function legend(most: number, hasAfter: boolean): Content {
  const bar = (background: string) => html`<i class="colour-ramp" style=${styleMap({ background })}></i>`;
  return html`<p class="map-legend">
    <span class="map-scale"><span class="quiet">Focus</span> 0 ${bar(rampOf(heatScale(most), 0, most))} ${decimalText(most)} logit units</span>
    ${
      hasAfter
        ? html`<span class="map-scale"><span class="quiet">Difference</span> lost ${decimalText(most)}
            ${bar(rampOf(differenceScale(most), -most, most))} gained ${decimalText(most)} logit units</span>`
        : nothing
    }
  </p>`;
}

const ROWS = ['at the top', 'in the middle', 'at the bottom'];
const COLUMNS = ['left', 'centre', 'right'];

/** Where a map is strongest, in words: `at the top left`. */
function placeOf({ width, height, values }: ClassMap): string {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at] > values[best]) best = at;
  const row = ROWS[Math.floor(((Math.floor(best / width) + 0.5) * 3) / height)];
  return `${row} ${COLUMNS[Math.floor((((best % width) + 0.5) * 3) / width)]}`;
}
