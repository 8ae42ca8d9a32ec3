import type { RunRecord } from '../contract/records.js';
import { countText, percentText, pointsText, ROLE_TEXT, significantText } from '../contract/text.js';
import { takeoverText } from '../figures/areas.js';
import { legendOf } from '../figures/classColors.js';
import { labelsOf } from '../figures/labels.js';
import { OTHER_CLASSES } from '../figures/palette.js';
import { LETTERS, mapSize, overhang, type Size } from '../figures/plane.js';
import { scale, ticks } from './axis.js';
import { type BoundarySide, type BoundaryView, type Explanations, isFound } from './explanations.js';
import { type Html, html, px } from './html.js';
import { dataAddress, imageTag } from './image.js';

/** Room for the axes around a map, and its own width, in pixels. */
const [LEFT, TOP, RIGHT, BOTTOM] = [50, 6, 8, 46];
const ACROSS = 362;

/** Which class the model gives where: over its two features, or over a plane through three samples. */
export function boundary(record: RunRecord, explanations: Explanations): Html {
  const { boundary: view } = explanations;
  return html`<section>
    <h2>Decision boundary</h2>
    ${isFound(view) ? plots(record, view, explanations.forgottenPictures) : html`<p>${view.problem}</p>`}
  </section>`;
}

function plots(record: RunRecord, view: BoundaryView, forgottenPictures: boolean): Html {
  const isForgotten = (index: number) => record.result.perClass[index].role !== 'retain';
  const hidesPoints = view.kind === 'features' && !forgottenPictures;
  const hidesAnchors = view.anchors.some((anchor) => isForgotten(anchor.class) && !anchor.picture);
  const what =
    view.kind === 'features'
      ? `Every point of the plane of the two inputs, ${view.xLabel} and ${view.yLabel}, with the class that the model gives for it.`
      : 'The plane through three samples, A, B and C, with the class that the model gives at each point of it. One unit is the distance from A to B.';
  return html`<p class="quiet">${what} The paler, the less sure the model is. ${view.points.length > 0 && 'Dots are samples, in the colour of their true class.'}
      ${hidesPoints && 'Samples of forgotten classes are left out.'}
      ${hidesAnchors && !forgottenPictures && 'The pictures of samples of forgotten classes are left out.'}</p>
    ${legend(record, view)}
    <div class="matrices boundaries">
      ${plot('Before', view, view.before, record)}
      ${plot('After', view, view.after, record)}
    </div>
    ${view.takeovers.map((entry) => html`<p>${takeoverText(entry, (index) => record.classes[index])}</p>`)}
    ${
      view.anchors.length > 0 &&
      html`<div class="anchors">${view.anchors.map(
        (
          anchor,
          at,
        ) => html`<figure>${anchor.picture ? imageTag(anchor.picture, `Sample ${LETTERS[at]}`) : html`<div class="withheld">${isForgotten(anchor.class) ? 'left out' : 'no image'}</div>`}
        <figcaption><b>${LETTERS[at]}</b> ${record.classes[anchor.class]}, sample ${countText(anchor.nth + 1)}</figcaption></figure>`,
      )}</div>`
    }
    <details><summary>Table</summary>
      <table class="numbers">
        <thead><tr><th>Class</th><th>Share of the plane before</th><th>After</th><th>Points</th></tr></thead>
        <tbody>${view.colors.map(({ class: index }) => {
          const [before, after] = [view.before, view.after].map((side) => shareOf(side, index));
          return html`<tr><td>${record.classes[index]}</td><td>${percentText(before)}</td><td>${percentText(after)}</td><td>${pointsText(before, after)}</td></tr>`;
        })}</tbody>
      </table>
    </details>`;
}

/** Classes that the legend names at most. */
const NAMED = 12;

function legend(record: RunRecord, { colors }: BoundaryView): Html {
  const { named, more } = legendOf(colors, NAMED);
  const nameOf = (index: number) => {
    const { role } = record.result.perClass[index];
    return `${record.classes[index]}${role === 'retain' ? '' : ` (${ROLE_TEXT[role]})`}`;
  };
  const swatch = (color: string) => html`<i class="swatch" style="background: ${color}"></i>`;
  return html`<p class="legend">${named.map((entry) => html`${swatch(entry.color)}${nameOf(entry.class)} `)}
    ${more > 0 && html`${swatch(OTHER_CLASSES)}${countText(more)} more`}</p>`;
}

function shareOf(side: BoundarySide, index: number): number {
  return side.regions.find((region) => region.class === index)?.share ?? 0;
}

function plot(title: string, view: BoundaryView, side: BoundarySide, record: RunRecord): Html {
  const frame = mapSize(view, ACROSS);
  const [width, height] = [LEFT + frame.width + RIGHT, TOP + frame.height + BOTTOM];
  const [right, bottom] = [width - RIGHT, height - BOTTOM];
  const x = scale(view.x, LEFT, right);
  const y = scale(view.y, bottom, TOP);
  return html`<figure><figcaption>${title}</figcaption>
    <svg class="boundary" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${description(record, side)}">
      ${map(view, side, frame)}
      ${ticks(view.x).map(
        (value) => html`<line x1="${px(x(value))}" x2="${px(x(value))}" y1="${bottom}" y2="${bottom + 4}" class="axis"/>
        <text x="${px(x(value))}" y="${bottom + 18}" text-anchor="middle">${significantText(value, 6)}</text>`,
      )}
      ${ticks(view.y).map(
        (value) => html`<line x1="${LEFT - 4}" x2="${LEFT}" y1="${px(y(value))}" y2="${px(y(value))}" class="axis"/>
        <text x="${LEFT - 7}" y="${px(y(value) + 4)}" text-anchor="end">${significantText(value, 6)}</text>`,
      )}
      <text x="${px((LEFT + right) / 2)}" y="${height - 6}" text-anchor="middle">${view.xLabel}</text>
      <text x="12" y="${px((TOP + bottom) / 2)}" text-anchor="middle" transform="rotate(-90 12 ${px((TOP + bottom) / 2)})">${view.yLabel}</text>
      ${view.points.map((point) => html`<circle cx="${px(x(point.x))}" cy="${px(y(point.y))}" r="2.2" fill="${colorOf(view, point.class)}" class="sample"/>`)}
      ${labelsOf(view, side.regions, (index) => record.classes[index], frame).map(
        (label) =>
          html`<text x="${px(x(label.x))}" y="${px(y(label.y) + 4)}" text-anchor="middle" class="on">${label.name}</text>`,
      )}
      ${view.anchors.map(
        (anchor, at) => html`<circle cx="${px(x(anchor.x))}" cy="${px(y(anchor.y))}" r="9" class="anchor"/>
        <text x="${px(x(anchor.x))}" y="${px(y(anchor.y) + 4)}" text-anchor="middle" class="letter">${LETTERS[at]}</text>`,
      )}
    </svg></figure>`;
}

/** The painted regions and the lines between them, cut off at the frame. */
function map(view: BoundaryView, side: BoundarySide, frame: Size): Html {
  const over = overhang(view, frame);
  const [width, height] = [frame.width + 2 * over.width, frame.height + 2 * over.height];
  const [across, down] = [width / view.size, height / view.size];
  return html`<svg x="${LEFT}" y="${TOP}" width="${frame.width}" height="${frame.height}">
        <image href="${dataAddress(side.image)}" x="${px(-over.width)}" y="${px(-over.height)}" width="${px(width)}" height="${px(height)}" preserveAspectRatio="none"/>
        <g transform="translate(${px(-over.width)} ${px(-over.height)}) scale(${across} ${down})">
          <path d="${side.borders}" class="border"/><path d="${side.outline}" class="outline"/>
        </g>
      </svg>
      <rect x="${LEFT}" y="${TOP}" width="${frame.width}" height="${frame.height}" class="frame"/>`;
}

function description(record: RunRecord, side: BoundarySide): string {
  return side.regions
    .slice(0, 6)
    .map((region) => `${record.classes[region.class]} ${percentText(region.share)} of the area`)
    .join(', ');
}

function colorOf(view: BoundaryView, index: number): string {
  return view.colors.find((entry) => entry.class === index)?.color ?? OTHER_CLASSES;
}
