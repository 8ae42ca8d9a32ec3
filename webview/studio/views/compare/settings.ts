import { html, type TemplateResult } from 'lit';
import { RUN_SETTINGS, type RunSettings, SETTING_NAMES, settingText } from '../../../../src/contract/settings.js';
import { tableBox } from '../../elements/tableBox.js';

/** Settings that made a difference. */
export function settingsTable(a: RunSettings, b: RunSettings): TemplateResult {
  const names = SETTING_NAMES.filter((name) => settingText(name, a) !== settingText(name, b));
  return html`<section>
    <h3>Settings that differ</h3>
    ${
      names.length === 0
        ? html`<p class="quiet">Both runs had the same settings.</p>`
        : tableBox(
            'Settings that differ',
            html`<table class="both">
              <caption class="sr-only">Settings in which the two runs differ</caption>
              <thead><tr><th scope="col">Setting</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
              <tbody>${names.map(
                (name) =>
                  html`<tr><th scope="row">${RUN_SETTINGS[name].title}</th><td>${settingText(name, a)}</td><td>${settingText(name, b)}</td></tr>`,
              )}</tbody>
            </table>`,
          )
    }
  </section>`;
}
