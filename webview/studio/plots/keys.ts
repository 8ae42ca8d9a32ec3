import { html, svg, type TemplateResult } from 'lit';
import type { Content } from '../elements/content.js';

/** How something is drawn in a plot. Hollow shapes are the same without a filling. */
export type Shape =
  | 'circle'
  | 'hollow-circle'
  | 'small-circle'
  | 'square'
  | 'diamond'
  | 'triangle'
  | 'cross'
  | 'ring'
  | 'line'
  | 'bar'
  | 'tick'
  | 'dashed';

/** What stands for what in a plot. @param colour of the page's styles or of classes. */
export interface Key {
  readonly shape: Shape;
  readonly colour: string;
  readonly text: Content;
}

/** The legend of a plot. */
export function keys(entries: readonly Key[]): TemplateResult {
  return html`<span class="keys">${entries.map(({ shape, colour, text }) => {
    return html`<span class="key"><svg viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">${drawn(shape, colour)}</svg>${text}</span>`;
  })}</span>`;
}

function drawn(shape: Shape, colour: string) {
  switch (shape) {
    case 'circle':
      return svg`<circle r="4.5" fill=${colour} />`;
    case 'hollow-circle':
      return svg`<circle r="4" fill="none" stroke=${colour} stroke-width="1.5" />`;
    case 'small-circle':
      return svg`<circle r="2.8" fill="none" stroke=${colour} stroke-width="1.3" />`;
    case 'square':
      return svg`<rect x="-4" y="-4" width="8" height="8" fill=${colour} />`;
    case 'diamond':
      return svg`<path d="M0 -6 L5 0 L0 6 L-5 0 Z" fill="none" stroke=${colour} stroke-width="1.5" />`;
    case 'triangle':
      return svg`<path d="M0 -5 L5.5 4.5 L-5.5 4.5 Z" fill=${colour} />`;
    case 'cross':
      return svg`<path d="M-4 -4 L4 4 M4 -4 L-4 4" stroke=${colour} stroke-width="2" />`;
    case 'ring':
      return svg`<circle r="5.8" fill="none" stroke=${colour} stroke-width="1.8" />`;
    case 'line':
      return svg`<path d="M-7 0 H7" stroke=${colour} stroke-width="1.5" />`;
    case 'dashed':
      return svg`<path d="M0 -7 V7" stroke=${colour} stroke-width="1.5" stroke-dasharray="3 2" />`;
    case 'bar':
      return svg`<rect x="-7" y="-4" width="14" height="8" fill=${colour} />`;
    case 'tick':
      return svg`<path d="M0 -6 V6" stroke=${colour} stroke-width="2" />`;
  }
}
