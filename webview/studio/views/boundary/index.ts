import { html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { BoundaryResult } from '../../../../src/contract/explain.js';
import type { StudioQuestions } from '../../../../src/contract/studio.js';
import type { ErrorReport } from '../../../../src/contract/terms.js';
import type { Content } from '../../elements/content.js';
import { noAnswer, noSamples, onlyBefore } from '../../elements/emptyState.js';
import { term } from '../../elements/term.js';
import { type SampleClass, sampleClasses } from '../../state/sampleClasses.js';
import { hasData, isBusy, type Studio } from '../../state/studio.js';
import { anchors } from './anchors.js';
import { stylesOf } from './classStyles.js';
import { areaTable, legend, takeover } from './legend.js';
import './element.js';

/** Which class the model gives to every point of a plane, before and after. */
export function boundary(studio: Studio): Content {
  const { snapshot, view } = studio;
  if (!hasData(snapshot)) {
    return noSamples(
      studio,
      'The decision boundary shows where one class ends and the next begins. It needs samples to start from.',
    );
  }
  const classes = sampleClasses(snapshot);
  if (classes.length === 0) return nothing;
  const question = view.anchors ? { anchors: view.anchors } : {};
  const answer = studio.ask('boundary', question);
  return html`<section class="boundary" aria-labelledby="boundary-title">
    <div class="intro">
      <div class="head">
      <h3 id="boundary-title">Where one class ends and the next begins</h3>
      <span class="quiet" role="status">${answer.value && answer.isPending ? 'Refining…' : ''}</span>
      </div>
      <p class="quiet">${explanation(answer.value)}</p>
    </div>
    ${answer.value ? maps(studio, answer.value, classes) : answer.error ? problem(studio, answer.error, question) : waiting(studio)}
    ${answer.value?.kind === 'features' || (answer.error && !view.anchors) ? nothing : anchors(studio, classes, answer.value)}
  </section>`;
}

function explanation(result: BoundaryResult | undefined): Content {
  if (!result) return 'Every point is coloured by the class that the model gives to it.';
  const points =
    result.kind === 'features'
      ? 'Every point is a pair of values for the model’s two inputs, coloured by the class that the model gives to it.'
      : 'A plane through three samples, A, B and C: every other point is a blend of them, coloured by the class that the model takes it for.';
  return html`${points} The stronger the colour, the higher the model’s ${term('confidence')}.`;
}

function maps({ snapshot, view, change }: Studio, result: BoundaryResult, classes: readonly SampleClass[]): Content {
  const isOpen = view.open.areas ?? false;
  const toggled = (event: Event) => {
    const now = (event.currentTarget as HTMLDetailsElement).open;
    if (now !== isOpen) change({ open: { ...view.open, areas: now } });
  };
  const styles = stylesOf(result, classes);
  return html`${guard([result, classes], () => takeover(result, styles))}
    <lethe-boundary .result=${result} .styles=${styles}></lethe-boundary>
    ${guard([result, classes], () => legend(result, styles))}
    <details class="numbers" .open=${isOpen} @toggle=${toggled}>
      <summary>Numbers<span class="sr-only"> of: areas of the classes</span></summary>
      ${isOpen ? guard([result, classes], () => areaTable(result, styles)) : nothing}
    </details>
    ${onlyBefore(snapshot)}`;
}

function waiting({ snapshot }: Studio): Content {
  return html`<div class="boundary-skeleton skeleton" role="status" aria-busy="true" aria-label="Drawing the decision boundary"></div>
    ${isBusy(snapshot) ? html`<p class="quiet">The engine is at work; this comes after it.</p>` : nothing}`;
}

function problem({ retry }: Studio, error: ErrorReport, question: StudioQuestions['boundary']['question']): Content {
  return noAnswer(
    'The decision boundary can’t be drawn',
    error,
    html`<vscode-button @click=${() => retry('boundary', question)}>Try again</vscode-button>`,
  );
}
