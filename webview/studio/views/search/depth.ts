import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate, recipeText } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import { recoverabilityText } from '../../../../src/contract/recoverability.js';
import { countText, percentText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { depthDial } from '../../elements/depthDial.js';
import { whyOff } from './notes.js';

/**
 * A dial over the candidates that are worth a look, from the one that keeps most to the deepest. Where it is let go, that
 * candidate is chosen; until then it only says what it would be.
 */
class LetheDepth extends LitElement {
  static override properties = {
    front: { attribute: false },
    shown: { attribute: false },
    choosing: { attribute: false },
    choose: { attribute: false },
    reason: { attribute: false },
    moved: { state: true },
  };
  declare front: readonly CandidateResult[];
  /** As it was judged, with what it keeps and what can be read from it. */
  declare shown: CandidateResult | null;
  declare choosing: Candidate | null;
  /** Null as long as none can be chosen. */
  declare choose: ((candidate: Candidate) => void) | null;
  /** Why that is so. */
  declare reason: Content;
  /** Where the dial was moved to, until what is shown follows. */
  declare moved: number | null;

  constructor() {
    super();
    this.moved = null;
  }

  /** Into the page itself, so that its styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('shown') || changed.has('choosing')) this.moved = null;
  }

  protected override render(): TemplateResult {
    const { front, shown, choosing, choose, moved } = this;
    const wanted = choosing ?? shown;
    const at = moved ?? this.#placeOf(wanted);
    const isOff = moved === null && wanted !== null && !front.some((candidate) => isSameCandidate(candidate, wanted));
    const candidate = isOff && shown ? shown : front[at];
    return html`<h3>How deep to forget</h3>
      ${depthDial({
        value: at,
        last: front.length - 1,
        meaning: isOff ? `${meaningOf(candidate)}, not on the dial` : meaningOf(candidate),
        isDisabled: choose === null,
        isBlocked: choosing !== null,
        moved: (to) => (this.moved = to),
        set: (to) => choose?.(front[to]),
      })}
      <p>${words(candidate)} <span class="quiet">(${isOff ? 'not on the dial' : `${countText(at + 1)} of ${countText(front.length)}`}:
        ${recipeText(candidate.recipe)}${isOff ? `; ${whyOff(candidate)}` : ''}; judged on ${countText(candidate.samples)} samples)</span></p>
      ${choose === null ? html`<p class="quiet">${this.reason}</p>` : ''}`;
  }

  /** Of one that is not on the dial, the place of the one that keeps about as much. */
  #placeOf(candidate: Candidate | null): number {
    const { front, shown } = this;
    const at = front.findIndex((entry) => isSameCandidate(entry, candidate));
    if (at >= 0 || !shown) return Math.max(0, at);
    const distance = ({ retainAccuracy }: CandidateResult) => Math.abs(retainAccuracy - shown.retainAccuracy);
    return front.reduce((best, entry, at) => (distance(entry) < distance(front[best]) ? at : best), 0);
  }
}

customElements.define('lethe-depth', LetheDepth);

function words({ retainAccuracy, recoverability }: CandidateResult): TemplateResult {
  return html`Kept classes <b>${percentText(retainAccuracy)}</b>, readable <b>${recoverabilityText(recoverability)}</b>`;
}

function meaningOf({ retainAccuracy, recoverability }: CandidateResult): string {
  return `kept classes ${percentText(retainAccuracy)}, readable ${recoverabilityText(recoverability)}`;
}
