import type { ClassFocus } from '../contract/explain.js';
import type { RunRecord } from '../contract/records.js';
import { countText, decimalText, percentText, pluralText, ROLE_TEXT } from '../contract/text.js';
import { type ColorScale, differenceScale, heatScale, rampOf } from '../figures/heat.js';
import { type Explanations, type Image, isFound, type SaliencyView, type SampleSaliency } from './explanations.js';
import { type Html, html, px } from './html.js';
import { imageTag } from './image.js';

/** Where the model looks for the classes of some samples, and how much of that is left of each class. */
export function saliency(record: RunRecord, { saliency: maps, focus, forgottenPictures }: Explanations): Html {
  return html`<section>
    <h2>Where the model looks</h2>
    ${isFound(maps) ? samples(record, maps, forgottenPictures) : html`<p>${maps.problem}</p>`}
    ${isFound(focus) && focusTable(record, focus.classes)}
    ${!isFound(focus) && (isFound(maps) || focus.problem !== maps.problem) && html`<p>${focus.problem}</p>`}
  </section>`;
}

function samples(record: RunRecord, view: SaliencyView, forgottenPictures: boolean): Html {
  const isForgotten = ({ sample }: SampleSaliency) => record.result.perClass[sample.class].role !== 'retain';
  const withheld = !forgottenPictures && view.samples.some(isForgotten);
  return html`<p class="quiet">Grad-CAM at <code>${view.activation}</code>: the brighter a place, the more it speaks for the sample's
      own class; before and after have the same scale, to the strongest place of both in units of the logit. The focus that is kept is the part of the map before that is still there after.</p>
    ${withheld && html`<p class="quiet">Pictures and maps of forgotten classes are left out: the record of a deletion must not keep what was deleted. The numbers below tell the same.</p>`}
    <p class="legend">Focus: none ${ramp(heatScale(1), 0)} most <span class="next">Difference: lost</span> ${ramp(differenceScale(1), -1)} gained</p>
    <div class="saliencies">${view.samples.map((entry) => strip(record, entry))}</div>
    <div class="wide-table" tabindex="0" role="region" aria-label="Samples before and after"><table class="numbers texts">
      <caption>Before → after, samples of the ${view.split} split</caption>
      <thead><tr><th>Sample</th><th>Role</th><th>Logit</th><th>Probability</th><th>Taken for</th><th>Focus kept</th></tr></thead>
      <tbody>${view.samples.map(
        ({
          before,
          after,
          ...entry
        }) => html`<tr><td>${titleOf(record, entry)}</td><td>${roleOf(record, entry.sample.class)}</td>
          <td class="pair">${decimalText(before.logit)} → <b>${decimalText(after.logit)}</b></td>
          <td class="pair">${percentText(before.probability)} → <b>${percentText(after.probability)}</b></td>
          <td>${answer(record, before)} → <b>${answer(record, after)}</b></td><td>${percentText(entry.kept)}</td></tr>`,
      )}</tbody>
    </table></div>`;
}

function strip(record: RunRecord, entry: SampleSaliency): Html | false {
  if (!entry.pictures) return false;
  const { sample, before, after, difference } = entry.pictures;
  const title = titleOf(record, entry);
  const tone = record.result.perClass[entry.sample.class].role === 'retain' ? 'retain' : 'forget';
  const picture = (image: Image | null, caption: string, alt: string, note?: string) =>
    image &&
    html`<figure>${imageTag(image, `${title}: ${alt}`)}<figcaption>${caption}${note && html`<br><span class="quiet">${note}</span>`}</figcaption></figure>`;
  return html`<div class="saliency ${tone}">
    <h3>${title} <span class="quiet">${percentText(entry.kept)} of the focus kept</span></h3>
    <div class="pictures">
      ${picture(sample, 'Sample', 'the sample')}
      ${picture(before, 'Before', 'saliency before', answer(record, entry.before))}
      ${picture(after, 'After', 'saliency after', answer(record, entry.after))}
      ${picture(difference, 'Difference', 'change of the saliency', `scale to ${decimalText(entry.most)}`)}
    </div></div>`;
}

function focusTable(record: RunRecord, classes: readonly ClassFocus[]): Html {
  return html`<h3>Focus kept by class</h3>
    <p class="quiet">How much of the focus before is still there after, in the same places, over ${samplesText(classes)} of each class: of Grad-CAM, whose weights are averaged over the
      places, and of HiResCAM, where every place has its own. The mass is the mean sum of a Grad-CAM map.</p>
    <div class="wide-table" tabindex="0" role="region" aria-label="Focus kept by class"><table class="numbers texts focus">
      <thead><tr><th>Class</th><th>Role</th><th class="wide">Kept, 0 to 100%</th><th>Grad-CAM</th><th>HiResCAM</th><th>Mass</th>
        <th>Mean logit</th><th>Samples</th></tr></thead>
      <tbody>${classes.map((entry) => focusRow(record, entry))}</tbody>
    </table></div>`;
}

/** Of a class with fewer samples than the others, its row says so. */
function samplesText(classes: readonly ClassFocus[]): string {
  return pluralText(Math.max(0, ...classes.map(({ samples }) => samples)), 'sample');
}

function focusRow(record: RunRecord, entry: ClassFocus): Html {
  const tone = record.result.perClass[entry.class].role === 'retain' ? 'retain' : 'forget';
  const bar = (share: number | null, look: string) =>
    html`<svg width="100%" height="7" aria-hidden="true"><rect width="${px(100 * (share ?? 0))}%" height="7" rx="2" class="${look}"/></svg>`;
  return html`<tr><td class="name" title="${record.classes[entry.class]}">${record.classes[entry.class]}</td><td>${roleOf(record, entry.class)}</td>
    <td class="wide bars">${bar(entry.kept, tone)}${bar(entry.keptByPlace, `${tone} second`)}</td>
    <td>${percentText(entry.kept)}</td><td>${percentText(entry.keptByPlace)}</td>
    <td class="pair">${decimalText(entry.massBefore)} → <b>${decimalText(entry.massAfter)}</b></td>
    <td class="pair">${decimalText(entry.logitBefore)} → <b>${decimalText(entry.logitAfter)}</b></td><td>${countText(entry.samples)}</td></tr>`;
}

function titleOf(record: RunRecord, { sample, count: total }: Pick<SampleSaliency, 'sample' | 'count'>): string {
  return `${record.classes[sample.class]}, sample ${countText(sample.nth + 1)} of ${countText(total)}`;
}

function roleOf(record: RunRecord, index: number): string {
  return ROLE_TEXT[record.result.perClass[index].role];
}

function answer(record: RunRecord, { predicted, confidence }: SampleSaliency['before']): string {
  return `${record.classes[predicted]} ${percentText(confidence, 0)}`;
}

function ramp(color: ColorScale, from: number): Html {
  return html`<i class="ramp" style="background: ${rampOf(color, from, 1)}"></i>`;
}
