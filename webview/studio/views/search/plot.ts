import { html, LitElement, nothing, type PropertyValues, render, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate, recipeText } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import { countText } from '../../../../src/contract/text.js';
import { type CandidatePicture, candidatePicture, effectText, leftOf } from '../../../../src/figures/candidates.js';
import type { Content } from '../../elements/content.js';
import type { Canvas } from '../../plots/figure.js';
import { noteOf } from './notes.js';
import { scatter } from './scatter.js';
import '../../plots/figure.js';

/** Pixels from the pointer within which a candidate answers to it. */
const REACH = 30;

interface Place {
  readonly candidate: CandidateResult;
  readonly x: number;
  readonly y: number;
}

/** How arrow keys walk: to the left and right by what is left of the forgotten classes, up and down by what is kept. */
const WALKS: Readonly<Record<string, readonly ['x' | 'y', 1 | -1]>> = {
  ArrowLeft: ['x', -1],
  ArrowRight: ['x', 1],
  ArrowUp: ['y', -1],
  ArrowDown: ['y', 1],
};

/**
 * Candidates as points (see `scatter`). Every point is a button too, so that keys reach it: arrows move, Enter and Space choose.
 * The buttons lie over the picture and stay when it is drawn anew, so that the focus does too.
 */
class LetheCandidates extends LitElement {
  static override properties = {
    note: { attribute: false },
    candidates: { attribute: false },
    shown: { attribute: false },
    saved: { attribute: false },
    choosing: { attribute: false },
    limit: { attribute: false },
    choose: { attribute: false },
  };
  declare note: Content;
  declare candidates: readonly CandidateResult[];
  declare shown: Candidate | null;
  declare saved: Candidate | null;
  declare choosing: Candidate | null;
  /** What the forgotten class may be recognised at most, null if that is no single number. */
  declare limit: number | null;
  /** Null as long as none can be chosen. */
  declare choose: ((candidate: Candidate) => void) | null;
  readonly #stage = Object.assign(document.createElement('div'), { className: 'stage' });
  #picture: CandidatePicture = candidatePicture([]);
  #places: readonly Place[] = [];
  /** Under the pointer or with the focus; by its id, as every message of the host brings new candidates. */
  #active: Candidate | null = null;

  constructor() {
    super();
    this.#stage.addEventListener('pointermove', (event) => this.#point(this.#nearest(event)));
    this.#stage.addEventListener('pointerleave', () => this.#point(null));
    this.#stage.addEventListener('click', this.#clicked);
  }

  /** Into the page itself, so that its styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('candidates')) this.#picture = candidatePicture(this.candidates);
  }

  protected override updated(_changed: PropertyValues<this>): void {
    this.#drawButtons();
  }

  protected override render(): TemplateResult {
    return html`<lethe-figure heading="What every candidate would do" .note=${this.note}
      .basis=${[this.candidates, this.shown, this.saved, this.limit]} .plot=${this.#plot}></lethe-figure>`;
  }

  readonly #plot = (canvas: Canvas): Element => {
    const { candidates, shown, saved, limit } = this;
    const plot = scatter(canvas, candidates, this.#picture, { shown, saved, limit });
    const [x, y] = [plot.scale('x')!, plot.scale('y')!];
    this.#places = candidates.map((candidate) => ({
      candidate,
      x: x.apply(leftOf(candidate, this.#picture.against)),
      y: y.apply(candidate.retainAccuracy),
    }));
    const former = this.#stage.querySelector(':scope > svg');
    if (former) former.replaceWith(plot);
    else this.#stage.prepend(plot);
    this.#drawButtons();
    return this.#stage;
  };

  #drawButtons(): void {
    const { shown, choosing, choose } = this;
    const reachable =
      this.#places.find(({ candidate }) => isSameCandidate(candidate, this.#active ?? shown)) ?? this.#places[0];
    const label = 'Candidates. Arrow keys move between them, Enter chooses.';
    const content = html`<div role="group" aria-label=${label} @keydown=${this.#walk}>
        ${repeat(
          this.#places,
          ({ candidate }) => candidate.id,
          ({ candidate, x, y }) => {
            const isShown = isSameCandidate(candidate, shown);
            return html`<button type="button" class="point" data-candidate=${candidate.id}
            tabindex=${candidate === reachable?.candidate ? 0 : -1} aria-pressed=${isShown} aria-disabled=${choose === null}
            aria-busy=${isSameCandidate(candidate, choosing)} aria-label=${this.#labelOf(candidate, isShown)}
            style=${styleMap({ left: `${x}px`, top: `${y}px` })}
            @focus=${() => this.#point(candidate)} @blur=${() => this.#point(null)}></button>`;
          },
        )}
      </div>
      ${this.#tip()}`;
    render(content, this.#stage, { renderBefore: null });
  }

  /** What the pointer or the focus is on; screen readers have the same as the button's name. */
  #tip(): TemplateResult | typeof nothing {
    const place = this.#active && this.#places.find(({ candidate }) => isSameCandidate(candidate, this.#active));
    if (!place) return nothing;
    const { candidate, x, y } = place;
    const { samples, complete } = candidate;
    const isRight = x > this.#stage.clientWidth / 2;
    const at = isRight ? { right: `${this.#stage.clientWidth - x + 12}px` } : { left: `${x + 12}px` };
    return html`<div class="tip" aria-hidden="true" style=${styleMap({ ...at, top: `${Math.max(0, y - 30)}px` })}>
      <b>${recipeText(candidate.recipe)}</b>
      <span>${effectText(candidate, this.#picture.against)}</span>
      <span class="quiet">judged on ${countText(samples)} samples${complete ? '' : ', not all'}</span>
    </div>`;
  }

  #labelOf(candidate: CandidateResult, isShown: boolean): string {
    const isSaved = isSameCandidate(candidate, this.saved);
    const notes = noteOf(candidate, this.#picture, { isShown, isSaved });
    return `${recipeText(candidate.recipe)}: ${effectText(candidate, this.#picture.against)}${notes ? `; ${notes}` : ''}`;
  }

  #point(candidate: Candidate | null): void {
    if (isSameCandidate(candidate, this.#active)) return;
    this.#active = candidate;
    this.#stage.classList.toggle('pointing', candidate !== null && this.choose !== null);
    this.#drawButtons();
  }

  #nearest({ clientX, clientY }: MouseEvent): CandidateResult | null {
    const { left, top } = this.#stage.getBoundingClientRect();
    let best: Place | undefined;
    let least = REACH;
    for (const place of this.#places) {
      const distance = Math.hypot(place.x - (clientX - left), place.y - (clientY - top));
      if (distance < least) [best, least] = [place, distance];
    }
    return best?.candidate ?? null;
  }

  /** Of points that lie over each other the pointer chooses the nearest; keys choose the one with the focus. */
  readonly #clicked = (event: MouseEvent): void => {
    const id = (event.target as Element).closest<HTMLElement>('[data-candidate]')?.dataset.candidate;
    const candidate =
      event.detail > 0 ? this.#nearest(event) : this.candidates.find((candidate) => candidate.id === id);
    if (candidate) this.choose?.(candidate);
  };

  readonly #walk = (event: KeyboardEvent): void => {
    const walk = WALKS[event.key];
    const isEnd = event.key === 'Home' || event.key === 'End';
    if (!walk && !isEnd) return;
    event.preventDefault();
    const [along, step] = walk ?? ['x', 1];
    const across = along === 'x' ? 'y' : 'x';
    const sorted = [...this.#places].sort((a, b) => a[along] - b[along] || a[across] - b[across]);
    const now = sorted.findIndex(({ candidate }) => isSameCandidate(candidate, this.#active));
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? sorted.length - 1 : now + step;
    const place = sorted[Math.max(0, Math.min(sorted.length - 1, next))];
    this.#stage.querySelector<HTMLElement>(`[data-candidate="${place.candidate.id}"]`)?.focus();
  };
}

customElements.define('lethe-candidates', LetheCandidates);
