import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';

interface Choice {
  readonly value: string;
  readonly title: string;
}

interface DropdownOptions {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  /** Whether the name is to be seen; screen readers have it either way. */
  readonly isLabelled?: boolean;
  readonly isDisabled?: boolean;
  readonly chosen: (value: string) => void;
}

type DropdownElement = HTMLElement & { value: string; open: boolean };

/** A choice among a few, with its name in front. It shows `value`, whatever was chosen in it. */
export function dropdown({
  label,
  value,
  choices,
  isLabelled = true,
  isDisabled = false,
  chosen,
}: DropdownOptions): TemplateResult {
  const changed = (event: Event) => {
    event.stopPropagation();
    const { value: now } = event.currentTarget as DropdownElement;
    if (now !== value) chosen(now);
  };
  return html`<span class="choice">${isLabelled ? html`<span aria-hidden="true">${label}</span>` : nothing}
    <vscode-dropdown aria-label=${label} ?disabled=${isDisabled} @change=${changed} ${ref((element) => show(element, value))}>
      ${repeat(
        choices,
        (choice) => choice.value,
        (choice) => html`<vscode-option value=${choice.value} title=${choice.title}>${choice.title}</vscode-option>`,
      )}
    </vscode-dropdown></span>`;
}

/** The element knows its options a moment after they are drawn, and while it is open the user is choosing. */
function show(element: Element | undefined, value: string): void {
  const dropdown = element as DropdownElement | undefined;
  if (!dropdown) return;
  setTimeout(() => {
    if (!dropdown.open && dropdown.value !== value) dropdown.value = value;
  });
}
