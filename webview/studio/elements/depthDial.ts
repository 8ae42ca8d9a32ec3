import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

interface DepthDialOptions {
  /** A whole number from 0, what keeps most, to `last`, what forgets deepest. */
  readonly value: number;
  readonly last: number;
  /** What the value means, for who hears it. */
  readonly meaning: string;
  /** Nothing can be chosen by it. */
  readonly isDisabled?: boolean;
  /** It can't be moved for a while, in which it keeps the focus. */
  readonly isBlocked?: boolean;
  /** While it is moved, and when it is let go. */
  readonly moved: (value: number) => void;
  readonly set?: (value: number) => void;
}

/** A dial between keeping more and forgetting deeper. It shows `value`, wherever it is moved. */
export function depthDial(options: DepthDialOptions): TemplateResult {
  const { value, last, meaning, isDisabled = false, isBlocked = false, moved, set } = options;
  const told = (tell: ((value: number) => void) | undefined) => (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    if (isBlocked) input.value = `${value}`;
    else tell?.(Number(input.value));
  };
  return html`<div class="depth-dial">
    <span aria-hidden="true">Keep more</span>
    <input type="range" min="0" max=${last} step="1" .value=${live(`${value}`)} ?disabled=${isDisabled} aria-disabled=${isBlocked}
      aria-label="Depth, from keep more to forget deeper" aria-valuetext=${meaning} @input=${told(moved)} @change=${told(set)}>
    <span aria-hidden="true">Forget deeper</span>
  </div>`;
}
