import { html, nothing } from 'lit';
import type { BoundaryResult } from '../../../../src/contract/explain.js';
import type { SampleRef } from '../../../../src/contract/terms.js';
import { LETTERS } from '../../../../src/figures/plane.js';
import type { Content } from '../../elements/content.js';
import { sampleChooser } from '../../elements/sampleChooser.js';
import { nameOf, type SampleClass } from '../../state/sampleClasses.js';
import type { Studio } from '../../state/studio.js';
import '../../elements/picture.js';

/** The three samples that span the plane, each of which can be exchanged. */
export function anchors(
  { view, change }: Studio,
  classes: readonly SampleClass[],
  result: BoundaryResult | undefined,
): Content {
  // What was asked for, before the answer is there; what the engine chose only with it.
  const chosen: readonly SampleRef[] = view.anchors ?? result?.anchors ?? [];
  const exchange = (place: number, { class: index, nth }: SampleRef) =>
    change({
      anchors: chosen.map((anchor, at) =>
        at === place ? { class: index, nth } : { class: anchor.class, nth: anchor.nth },
      ),
    });
  return html`<section class="anchors" aria-labelledby="anchors-title">
    <div class="head">
      <h3 id="anchors-title">The three samples</h3>
      ${view.anchors ? html`<vscode-button appearance="secondary" @click=${() => change({ anchors: null })}>Back to the first choice</vscode-button>` : nothing}
    </div>
    <div class="anchor-cards">${LETTERS.map((letter, at) => {
      const known = result?.anchors[at];
      const sample = chosen[at];
      return html`<div class="anchor">
        <div class="shown">
          <b aria-hidden="true">${letter}</b>
          ${known ? html`<lethe-picture .picture=${known.picture} label="${letter}, a sample of ${nameOf(classes, known.class)}"></lethe-picture>` : nothing}
        </div>
        ${sampleChooser({
          id: `anchor-${letter}`,
          title: `Sample ${letter}`,
          classes,
          sample,
          count: known?.count ?? classes.find(({ index }) => index === sample?.class)?.samples ?? null,
          choose: (exchanged) => exchange(at, exchanged),
        })}
      </div>`;
    })}</div>
  </section>`;
}
