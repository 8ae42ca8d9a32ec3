import * as Plot from '@observablehq/plot';
import { html, LitElement, nothing, type PropertyValues, render, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate, recipeText } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import { countText, percentText, percentTick } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import type { Canvas } from '../../plots/figure.js';
import { COLOURS, draw, FORGET_AXIS, RETAIN_AXIS } from '../../plots/theme.js';
import { noteOf } from './table.js';
import '../../plots/figure.js';

/** Pixels from the pointer within which a candidate answers to it. */
const REACH = 30;

interface Place {
  readonly candidate: CandidateResult;
  readonly x: number;
  readonly y: number;
}

/** How arrow keys walk: to the left and right by what is forgotten, up and down by what is kept. */
const WALKS: Readonly<Record<string, readonly ['x' | 'y', 1 | -1]>> = {
  ArrowLeft: ['x', -1],
  ArrowRight: ['x', 1],
  ArrowUp: ['y', -1],
  ArrowDown: ['y', 1],
};

/**
 * Candidates as points of retain against forget accuracy. Every point is a button too, so that keys reach it: arrows move,
 * Enter and Space choose. The buttons lie over the picture and stay when it is drawn anew, so that the focus does too.
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

  protected override updated(_changed: PropertyValues<this>): void {
    this.#drawButtons();
  }

  protected override render(): TemplateResult {
    return html`<lethe-figure heading="What every pair of alphas would do" .note=${this.note}
      .basis=${[this.candidates, this.shown, this.saved, this.limit]} .plot=${this.#plot}></lethe-figure>`;
  }

  readonly #plot = (canvas: Canvas): Element => {
    const { candidates, shown, saved, limit } = this;
    const plot = scatter(canvas, candidates, { shown, saved, limit });
    const [x, y] = [plot.scale('x')!, plot.scale('y')!];
    this.#places = candidates.map((candidate) => ({
      candidate,
      x: x.apply(candidate.forgetAccuracy),
      y: y.apply(candidate.retainAccuracy),
    }));
    const former = this.#stage.querySelector(':scope > svg');
    if (former) former.replaceWith(plot);
    else this.#stage.prepend(plot);
    this.#drawButtons();
    return this.#stage;
  };

  #drawButtons(): void {
    const { shown, saved, choosing, choose } = this;
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
            aria-busy=${isSameCandidate(candidate, choosing)} aria-label=${labelOf(candidate, isShown, isSameCandidate(candidate, saved))}
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
    const { retainAccuracy, forgetAccuracy, samples, complete } = candidate;
    const isRight = x > this.#stage.clientWidth / 2;
    const at = isRight ? { right: `${this.#stage.clientWidth - x + 12}px` } : { left: `${x + 12}px` };
    return html`<div class="tip" aria-hidden="true" style=${styleMap({ ...at, top: `${Math.max(0, y - 30)}px` })}>
      <b>${recipeText(candidate.recipe)}</b>
      <span>kept classes ${percentText(retainAccuracy)}, forgotten ${percentText(forgetAccuracy)}</span>
      <span class="quiet">judged on ${countText(samples)} samples${complete ? '' : ', not all'}</span>
    </div>`;
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

function labelOf(candidate: CandidateResult, isShown: boolean, isSaved: boolean): string {
  const { retainAccuracy, forgetAccuracy } = candidate;
  const notes = noteOf(candidate, isShown, isSaved);
  return `${recipeText(candidate.recipe)}: kept classes ${percentText(retainAccuracy)}, forgotten classes ${percentText(forgetAccuracy)}${notes ? `; ${notes}` : ''}`;
}

interface Marked {
  readonly shown: Candidate | null;
  readonly saved: Candidate | null;
  readonly limit: number | null;
}

function scatter({ width }: Canvas, candidates: readonly CandidateResult[], { shown, saved, limit }: Marked) {
  const front = candidates.filter(({ pareto }) => pareto).sort((a, b) => a.forgetAccuracy - b.forgetAccuracy);
  const is = (marked: Candidate | null) => candidates.filter(({ id }) => id === marked?.id);
  const at = { x: 'forgetAccuracy', y: 'retainAccuracy' };
  const named = isSameCandidate(shown, saved)
    ? [...is(shown)].map((candidate) => ({ ...candidate, name: 'shown, saved' }))
    : [
        ...is(shown).map((candidate) => ({ ...candidate, name: 'shown' })),
        ...is(saved).map((candidate) => ({ ...candidate, name: 'saved' })),
      ];
  return draw(
    { width },
    {
      ariaLabel: `${candidates.length} candidates: retain accuracy against forget accuracy`,
      height: Math.min(420, Math.round(0.62 * width) + 60),
      marginTop: 36,
      marginLeft: 52,
      marginRight: 16,
      x: {
        label: FORGET_AXIS,
        domain: span([...candidates.map((c) => c.forgetAccuracy), ...(limit === null ? [] : [limit])]),
        tickFormat: percentTick,
        grid: true,
        insetLeft: 14,
        insetRight: 8,
      },
      y: {
        label: RETAIN_AXIS,
        domain: span(candidates.map((c) => c.retainAccuracy)),
        tickFormat: percentTick,
        grid: true,
        insetTop: 14,
        insetBottom: 8,
      },
      symbol: { type: 'identity' },
      marks: [
        Plot.frame({ stroke: COLOURS.line }),
        ...(limit === null ? [] : [Plot.ruleX([limit], { stroke: COLOURS.forget, strokeDasharray: '4 3' })]),
        Plot.line(front, { ...at, stroke: COLOURS.quiet, strokeWidth: 1.5 }),
        Plot.dot(
          candidates.filter(({ complete }) => !complete),
          { ...at, r: 3, stroke: COLOURS.retain, fill: COLOURS.background },
        ),
        Plot.dot(
          candidates.filter(({ complete }) => complete),
          { ...at, r: 4.5, fill: COLOURS.retain },
        ),
        Plot.dot(is(saved), { ...at, r: 9, symbol: 'diamond', stroke: COLOURS.text, strokeWidth: 1.5 }),
        Plot.dot(is(shown), { ...at, r: 8, stroke: COLOURS.text, strokeWidth: 2 }),
        Plot.text(named, {
          ...at,
          text: 'name',
          dx: 13,
          textAnchor: 'start',
          fontWeight: 600,
          stroke: COLOURS.background,
          fill: COLOURS.text,
          strokeWidth: 4,
        }),
        Plot.text(['↖ better'], { frameAnchor: 'top-left', lineAnchor: 'bottom', dy: -6, fontWeight: 600 }),
      ],
    },
  ) as SVGSVGElement & Plot.Plot;
}

/** From the smallest to the largest, with some room where they are all the same. */
function span(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high - low > 0.002 ? [low, high] : [Math.max(0, low - 0.005), Math.min(1, high + 0.005)];
}
