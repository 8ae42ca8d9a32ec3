import { html, nothing, type TemplateResult } from 'lit';
import type { TensorFlowBackend } from '../../../../src/contract/terms.js';
import { dropdown } from '../../elements/dropdown.js';
import type { Studio } from '../../state/studio.js';

const BACKENDS: readonly { readonly value: TensorFlowBackend; readonly title: string }[] = [
  { value: 'auto', title: 'The best that starts' },
  { value: 'gpu', title: 'TensorFlow on the GPU' },
  { value: 'cpu', title: 'TensorFlow on the CPU' },
  { value: 'wasm', title: 'WebAssembly' },
];

/** What runs the model, and a choice where there is one. */
export function backend({ snapshot: { backend }, send }: Studio): TemplateResult {
  const { title, choice } = backend;
  return html`<div class="group">
    <h3>Backend</h3>
    <p>This model runs on ${title}.</p>
    ${
      choice === null
        ? nothing
        : html`${dropdown({
            label: 'TensorFlow.js uses',
            value: choice,
            choices: BACKENDS,
            chosen: (value) => send({ kind: 'setBackend', backend: value as TensorFlowBackend }),
          })}
          <p class="quiet">A setting of the editor, which holds for every TensorFlow.js model.</p>`
    }
  </div>`;
}
