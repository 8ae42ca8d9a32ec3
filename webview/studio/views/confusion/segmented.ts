import { html, type TemplateResult } from 'lit';

/** A choice of two or three that are all seen. @param name of the group of buttons in the page. */
export function segmented<Value extends string>(
  name: string,
  label: string,
  choices: readonly { readonly value: Value; readonly title: string }[],
  value: Value,
  choose: (value: Value) => void,
): TemplateResult {
  return html`<fieldset class="segmented">
    <legend class="sr-only">${label}</legend>
    ${choices.map(
      (choice) => html`<label>
        <input type="radio" name=${name} value=${choice.value} .checked=${choice.value === value} @change=${() => choose(choice.value)}>
        <span>${choice.title}</span>
      </label>`,
    )}
  </fieldset>`;
}
