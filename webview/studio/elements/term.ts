import { html, LitElement, type TemplateResult } from 'lit';

/** What the field's words mean, for someone who has never read the paper. One or two short sentences each. */
const TERMS = {
  'retain space': 'The directions of a layer’s input that samples of the kept classes use.',
  'forget space': 'The directions of a layer’s input that samples of the forgotten classes use.',
  removed:
    'The part of the forget space that the retain space does not share. The projection leaves these directions out.',
  refit:
    'The projection first; then every layer is fitted again by least squares, its bias too, so that kept samples get the outputs that they had. It keeps more than the projection alone and forgets deeper.',
  projection:
    'The paper’s own method: each layer’s weight leaves out what only the forgotten classes use. Biases stay as they were.',
  'retain accuracy': 'Share of the kept classes’ samples that the model recognises. It should stay as it was.',
  'forget accuracy': 'Share of the forgotten classes’ samples that the model still recognises. It should be near 0.',
  recoverability:
    'How often a linear probe on the last hidden layer tells samples of the forgotten classes from others, with both counted alike: 50% is guessing, 100% is always. The probe is judged on samples that neither it nor the model was fitted to.',
  depth:
    'How hard it is to read the forgotten classes from inside the model. The deeper, the more of the kept ones is lost.',
  score:
    'Retain accuracy × (1 − forget accuracy): one number for what is kept and what is forgotten. It decides where recoverability does not.',
  dimension:
    'How many directions a space takes up, each counted by its scaled importance: a direction that matters half counts as a half.',
  width:
    'How many numbers go into each output of the layer, over all its groups. No space can have more directions than that.',
  spectrum:
    'How much of the samples’ energy lies along each direction, largest first: the squared singular values of the layer’s inputs. All of them add up to 1.',
  'scaled importance':
    'How much a direction counts, from 0 to 1: α s / ((α − 1) s + 1), where s is its share of the energy. Larger α lets weak directions count more.',
  alpha:
    'α sets how generous a space is. With α = 1 a direction counts as much as its energy; the larger α is, the closer every direction that is used at all comes to 1.',
  'weight change': 'The size of the change to a layer’s weight, compared with the weight itself: ‖W′ − W‖ / ‖W‖.',
  'Grad-CAM':
    'Gradient-weighted class activation mapping: each place of an inner layer counts by how much a class’s logit would change with what the layer found there.',
  HiResCAM:
    'The same share by another measure: places count by their own weights. It says more than Grad-CAM where dense layers read every place by itself.',
  logit:
    'The model’s score for a class. The class with the largest logit is its answer; softmax turns logits into probabilities.',
  'focus kept':
    'Share of the marked places’ sum that is still there after the run: the smaller of both values at each place, compared with those before.',
  confidence: 'The probability that the model gives its answer: the softmax of its logits.',
  'confusion matrix':
    'A table with a row for each true class and a column for each answer of the model: a cell says how many samples of the row’s class got the column’s answer.',
} as const satisfies Record<string, string>;

export type Term = keyof typeof TERMS;

/** A word with its explanation, which shows under the pointer and on focus. @param text how the word is written here. */
export function term(name: Term, text: string = name): TemplateResult {
  return html`<lethe-term .name=${name} .text=${text}></lethe-term>`;
}

/** Milliseconds for which an explanation stays, so that the pointer can move onto it. */
const LINGER = 150;
/** Pixels that are left free at the edges of the window. */
const MARGIN = 8;

let lastId = 0;

/** A dotted word. Its explanation is a popover, so that no scrolling box cuts it off. */
class LetheTerm extends LitElement {
  static override properties = { name: { attribute: false }, text: { attribute: false } };
  declare name: Term;
  declare text: string;
  readonly #id = `term-${++lastId}`;
  #hiding: ReturnType<typeof setTimeout> | undefined;
  readonly #hide = () => this.#tip?.hidePopover();
  readonly #hideOnEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') this.#hide();
  };

  /** A word that gets the focus is scrolled into view after that. */
  readonly #follow = () => {
    if (this.#tip) this.#place(this.#tip);
  };

  constructor() {
    super();
    this.addEventListener('pointerenter', () => this.#show());
    this.addEventListener('pointerleave', () => {
      this.#hiding = setTimeout(this.#hide, LINGER);
    });
    this.addEventListener('focusin', () => this.#show());
    this.addEventListener('focusout', this.#hide);
  }

  override disconnectedCallback(): void {
    this.#unwatch();
    super.disconnectedCallback();
  }

  get #tip(): HTMLElement | null {
    return this.querySelector('[role=tooltip]');
  }

  /** Into the page itself, so that its styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<button type="button" class="term" aria-describedby=${this.#id} @click=${() => this.#show()}>${this.text}</button
      ><span role="tooltip" id=${this.#id} popover="manual" @toggle=${this.#toggled}>${TERMS[this.name]}</span>`;
  }

  #show(): void {
    clearTimeout(this.#hiding);
    const tip = this.#tip;
    if (!tip || tip.matches(':popover-open')) return;
    for (const other of document.querySelectorAll<HTMLElement>('lethe-term > :popover-open')) other.hidePopover();
    tip.showPopover();
    this.#place(tip);
    addEventListener('keydown', this.#hideOnEscape, true);
    addEventListener('scroll', this.#follow, true);
  }

  readonly #toggled = (event: ToggleEvent) => {
    if (event.newState === 'closed') this.#unwatch();
  };

  #unwatch(): void {
    clearTimeout(this.#hiding);
    removeEventListener('keydown', this.#hideOnEscape, true);
    removeEventListener('scroll', this.#follow, true);
  }

  /** Under the word, or over it where there is more room, and within the window. */
  #place(tip: HTMLElement): void {
    const word = this.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.max(MARGIN, Math.min(word.left, innerWidth - width - MARGIN));
    const isBelow = word.bottom + height + MARGIN <= innerHeight || word.top < innerHeight - word.bottom;
    tip.style.left = `${left}px`;
    tip.style.top = `${isBelow ? word.bottom : word.top - height}px`;
  }
}

customElements.define('lethe-term', LetheTerm);
