import { html, type TemplateResult } from 'lit';
import type { RunSettings } from '../../../../src/contract/records.js';
import { countText, memoryText } from '../../../../src/contract/text.js';
import { tableBox } from '../../elements/tableBox.js';

const NAMES: Readonly<Record<keyof RunSettings, string>> = {
  alphaR: 'α retain, tried',
  alphaF: 'α forget, tried',
  samples: 'Samples of each kept class',
  forgetSamples: 'Samples of each forgotten class',
  maxPatches: 'Input vectors a layer, at most',
  layers: 'Layers to edit',
  seed: 'Seed',
  memory: 'Memory for the spaces',
};

/** Settings that made a difference. */
export function settingsTable(a: RunSettings, b: RunSettings): TemplateResult {
  const names = (Object.keys(NAMES) as (keyof RunSettings)[]).filter((name) => text(name, a) !== text(name, b));
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
                  html`<tr><th scope="row">${NAMES[name]}</th><td>${text(name, a)}</td><td>${text(name, b)}</td></tr>`,
              )}</tbody>
            </table>`,
          )
    }
  </section>`;
}

function text(name: keyof RunSettings, settings: RunSettings): string {
  const value = settings[name];
  if (name === 'memory') return memoryText(settings.memory);
  if (value === null) return 'all';
  if (typeof value === 'number') return name === 'seed' ? `${value}` : countText(value);
  return typeof value === 'string' ? value : value.join(', ');
}
