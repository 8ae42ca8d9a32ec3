import { html, nothing } from 'lit';
import type { ClassChange } from '../../../../src/contract/records.js';
import type { Outcome } from '../../../../src/contract/run.js';
import { percentText, percentTick, pointsText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import type { Canvas } from '../../plots/figure.js';
import { keys } from '../../plots/keys.js';
import { KEYS } from './colours.js';
import { dumbbells, type Row } from './dumbbells.js';
import { byDifference, comparisonTable } from './table.js';

/** Classes that are drawn: those in which the runs differ most. */
const DRAWN = 30;

/** How well each class is recognised after either run. */
export function classesFigure(a: Outcome, b: Outcome): Content {
  const rows = byDifference(joined(a, b));
  if (rows.length === 0) return nothing;
  const difference = (row: Row) => pointsText(row.a, row.b);
  const plot = (canvas: Canvas) =>
    dumbbells(canvas, rows.slice(0, DRAWN), {
      ariaLabel: 'Accuracy of each class after either run',
      label: 'accuracy after the run (% of the class’s samples)',
      domain: [0, 1],
      tick: percentTick,
      value: percentText,
      difference,
    });
  return html`<lethe-figure
    .heading=${rows.length > DRAWN ? `Accuracy after: the ${DRAWN} classes that differ most` : 'Accuracy of each class after'}
    .note=${html`The classes in which the two runs differ most come first. ${keys(KEYS)}`}
    .basis=${[a.perClass, b.perClass]} .plot=${plot}
    .table=${() => comparisonTable('Accuracy of each class after either run', 'Class', ['class', 'classes'], rows, percentText, difference)}></lethe-figure>`;
}

function joined(a: Outcome, b: Outcome): Row[] {
  const others = new Map(b.perClass.map((entry) => [entry.index, entry]));
  return a.perClass.flatMap((entry) => {
    const other = others.get(entry.index);
    if (!other || entry.after === null || other.after === null) return [];
    return [{ name: `${entry.class}${who(entry, other)}`, a: entry.after, b: other.after }];
  });
}

/** Which run was to forget the class. */
function who(a: ClassChange, b: ClassChange): string {
  const runs = [a.role === 'forget' ? 'A' : '', b.role === 'forget' ? 'B' : ''].filter(Boolean);
  return runs.length > 0 ? ` (${runs.join(', ')} ${runs.length === 1 ? 'forgets' : 'forget'})` : '';
}
