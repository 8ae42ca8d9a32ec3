import { html, nothing, type TemplateResult } from 'lit';
import type { Outcome } from '../../../../src/contract/run.js';
import { decimalText, signedText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { term } from '../../elements/term.js';
import type { Canvas } from '../../plots/figure.js';
import { keys } from '../../plots/keys.js';
import { KEYS } from './colours.js';
import { dumbbells, type Row } from './dumbbells.js';
import { byDifference, comparisonTable } from './table.js';

/** Layers that are drawn. */
const DRAWN = 40;

/** How much either run removed from each layer. */
export function layersFigure(a: Outcome, b: Outcome): Content {
  const rows = joined(a, b);
  if (rows.length === 0) return nothing;
  const isCut = rows.length > DRAWN;
  const sorted = byDifference(rows);
  const most = new Set(sorted.slice(0, DRAWN));
  const drawn = rows.filter((row) => most.has(row));
  const largest = Math.max(...rows.map((row) => Math.max(row.a, row.b)), 1e-9);
  const value = (dimensions: number) => decimalText(dimensions);
  const difference = (row: Row) => signedText(row.b - row.a, 2);
  const plot = (canvas: Canvas) =>
    dumbbells(canvas, drawn, {
      ariaLabel: 'Dimensions removed from each layer by either run',
      label: 'removed (dimensions of the layer’s input)',
      domain: [0, largest],
      tick: String,
      value,
      difference,
    });
  return layers(isCut, a, b, plot, () =>
    comparisonTable(
      'Dimensions removed from each layer by either run',
      'Layer',
      ['layer', 'layers'],
      sorted,
      value,
      difference,
    ),
  );
}

function layers(
  isCut: boolean,
  a: Outcome,
  b: Outcome,
  plot: (canvas: Canvas) => Element,
  table: () => TemplateResult,
): TemplateResult {
  return html`<lethe-figure
    .heading=${isCut ? `Removed from layers: the ${DRAWN} that differ most` : 'Removed from each layer'}
    .note=${html`How many ${term('dimension', 'dimensions')} were ${term('removed')}, in the order of the model; 0 where a run left the layer alone. ${keys(KEYS)}`}
    .basis=${[a.layers, b.layers]} .plot=${plot} .table=${table}></lethe-figure>`;
}

/** Layers of either run, in the order of the first and then of the second; a run that left one alone removed nothing. */
function joined(a: Outcome, b: Outcome): Row[] {
  const [ofA, ofB] = [a, b].map(
    ({ layers }) => new Map(layers.map(({ name, removedDimension }) => [name, removedDimension ?? 0])),
  );
  const longer = ofA.size >= ofB.size ? [ofA, ofB] : [ofB, ofA];
  const names = new Set(longer.flatMap((run) => [...run.keys()]));
  return [...names].map((name) => ({ name, a: ofA.get(name) ?? 0, b: ofB.get(name) ?? 0 }));
}
