import type { RunRecord } from '../contract/records.js';
import { scale, ticks } from './axis.js';
import { type BoundarySide, type BoundaryView, type Explanations, isFound } from './explanations.js';
import { count, type Html, html, percent, points, px } from './html.js';
import { dataAddress, imageTag } from './image.js';

const SIDE = 420;
const LEFT = 50;
const TOP = 6;
const BOTTOM = 46;
const RIGHT = 8;
/** Half the height of a region's name. */
const TEXT = 9;

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
    ${view.takeovers.map((entry) => takeover(record, entry))}
    ${
      view.anchors.length > 0 &&
      html`<div class="anchors">${view.anchors.map(
        (
          anchor,
          at,
        ) => html`<figure>${anchor.picture ? imageTag(anchor.picture, `Sample ${LETTERS[at]}`) : html`<div class="withheld">${isForgotten(anchor.class) ? 'left out' : 'no image'}</div>`}
        <figcaption><b>${LETTERS[at]}</b> ${record.classes[anchor.class]}, sample ${count(anchor.nth + 1)}</figcaption></figure>`,
      )}</div>`
    }
    <details><summary>Table</summary>
      <table class="numbers">
        <thead><tr><th>Class</th><th>Share of the plane before</th><th>After</th><th>Points</th></tr></thead>
        <tbody>${view.colors.map(({ class: index }) => {
          const [before, after] = [view.before, view.after].map((side) => shareOf(side, index));
          return html`<tr><td>${record.classes[index]}</td><td>${percent(before)}</td><td>${percent(after)}</td><td>${points(before, after)}</td></tr>`;
        })}</tbody>
      </table>
    </details>`;
}

/** Classes that the legend names at most. */
const NAMED = 12;

function legend(record: RunRecord, { colors }: BoundaryView): Html {
  const named = colors.slice(0, NAMED).sort((a, b) => a.class - b.class);
  const rest = colors.slice(NAMED);
  const swatch = (color: string) => html`<i class="swatch" style="background: ${color}"></i>`;
  return html`<p class="legend">${named.map((entry) => html`${swatch(entry.color)}${record.classes[entry.class]} `)}
    ${rest.length > 0 && html`${swatch(rest[0].color)}${count(rest.length)} more`}</p>`;
}

/** Classes that are named as takers of a region, at most. */
const TAKERS = 4;
const LETTERS = ['A', 'B', 'C'];

function shareOf(side: BoundarySide, index: number): number {
  return side.regions.find((region) => region.class === index)?.share ?? 0;
}

function takeover(record: RunRecord, entry: BoundaryView['takeovers'][number]): Html {
  const takers = entry.to
    .slice(0, TAKERS)
    .map((other) => `${percent(other.points / entry.points)} is ${record.classes[other.class]}'s now`);
  return html`<p>Of the region that was <b>${record.classes[entry.class]}</b>'s, ${takers.join(', ')}${entry.to.length > TAKERS && ', the rest other classes'}.</p>`;
}

function plot(title: string, view: BoundaryView, side: BoundarySide, record: RunRecord): Html {
  const x = scale(view.x, LEFT, SIDE - RIGHT);
  const y = scale(view.y, SIDE - BOTTOM, TOP);
  const anchors = view.anchors.map((anchor): Place => ({ x: x(anchor.x), y: y(anchor.y) }));
  return html`<figure><figcaption>${title}</figcaption>
    <svg class="boundary" viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="${title}: ${description(record, side)}">
      <image href="${dataAddress(side.image)}" x="${LEFT}" y="${TOP}" width="${SIDE - LEFT - RIGHT}" height="${SIDE - TOP - BOTTOM}" preserveAspectRatio="none"/>
      ${ticks(view.x).map(
        (
          value,
        ) => html`<line x1="${px(x(value))}" x2="${px(x(value))}" y1="${SIDE - BOTTOM}" y2="${SIDE - BOTTOM + 4}" class="axis"/>
        <text x="${px(x(value))}" y="${SIDE - BOTTOM + 18}" text-anchor="middle">${number(value)}</text>`,
      )}
      ${ticks(view.y).map(
        (value) => html`<line x1="${LEFT - 4}" x2="${LEFT}" y1="${px(y(value))}" y2="${px(y(value))}" class="axis"/>
        <text x="${LEFT - 7}" y="${px(y(value) + 4)}" text-anchor="end">${number(value)}</text>`,
      )}
      <text x="${px((LEFT + SIDE - RIGHT) / 2)}" y="${SIDE - 6}" text-anchor="middle">${view.xLabel}</text>
      <text x="12" y="${px((TOP + SIDE - BOTTOM) / 2)}" text-anchor="middle" transform="rotate(-90 12 ${px((TOP + SIDE - BOTTOM) / 2)})">${view.yLabel}</text>
      ${view.points.map((point) => html`<circle cx="${px(x(point.x))}" cy="${px(y(point.y))}" r="2.2" fill="${colorOf(view, point.class)}" class="sample"/>`)}
      ${side.regions.map((region) => name(region, view, record, anchors))}
      ${view.anchors.map(
        (anchor, at) => html`<circle cx="${px(x(anchor.x))}" cy="${px(y(anchor.y))}" r="4.5" class="anchor"/>
        <text x="${px(x(anchor.x) + 8)}" y="${px(y(anchor.y) - 7)}" class="on">${LETTERS[at]}</text>`,
      )}
    </svg></figure>`;
}

/** The class's name where its region has room for it. */
function name(
  region: BoundarySide['regions'][number],
  view: BoundaryView,
  record: RunRecord,
  anchors: readonly Place[],
): Html | false {
  const text = record.classes[region.class];
  const cell = (SIDE - LEFT - RIGHT) / view.size;
  if (region.depth * cell < TEXT) return false;
  const half = 3.6 * text.length;
  const x = LEFT + (region.column + 0.5) * cell;
  const inside = Math.min(Math.max(x, LEFT + half), SIDE - RIGHT - half);
  const height = (SIDE - TOP - BOTTOM) / view.size;
  const y = besides(anchors, inside, half, SIDE - BOTTOM - (region.row + 0.5) * height);
  return html`<text x="${px(inside)}" y="${px(y + 4)}" text-anchor="middle" class="on">${text}</text>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A height for a name near `y` at which no sample stands in its way. */
function besides(anchors: readonly Place[], x: number, half: number, y: number): number {
  const isFree = (height: number) =>
    height > TOP + TEXT &&
    height < SIDE - BOTTOM - TEXT &&
    anchors.every((anchor) => Math.abs(anchor.x - x) > half + 18 || Math.abs(anchor.y - 4 - height) > 18);
  return [y, y + 24, y - 24, y + 36, y - 36].find(isFree) ?? y;
}

function description(record: RunRecord, side: BoundarySide): string {
  return side.regions
    .slice(0, 6)
    .map((region) => `${record.classes[region.class]} ${percent(region.share)}`)
    .join(', ');
}

function colorOf(view: BoundaryView, index: number): string {
  return view.colors.find((entry) => entry.class === index)?.color ?? '#000000';
}

function number(value: number): string {
  return Number(value.toPrecision(6)).toString().replace('-', '−');
}
