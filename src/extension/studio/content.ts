import type * as vscode from 'vscode';
import { FORMATS, type FormatName } from '../../contract/formats.js';
import { settingsOf } from '../../contract/settings.js';
import type { StudioSnapshot } from '../../contract/studio.js';
import { engineSettings, unlearnSettings } from '../settings.js';

/** What the editor's settings say of a run on the model. */
export function defaultsOf(model: vscode.Uri): StudioSnapshot['defaults'] {
  return settingsOf(unlearnSettings(model));
}

/** What runs models of a format, as `ModelSummary.format` names it. */
export function backendOf(format: FormatName | null | undefined): StudioSnapshot['backend'] {
  if (!format) return { title: '', choice: null };
  switch (FORMATS[format].runtime) {
    case 'onnxruntime':
      return { title: 'ONNX Runtime, CPU', choice: null };
    case 'tensorflow':
      return { title: 'TensorFlow.js', choice: engineSettings().tensorflow };
  }
}

/** Settings that a Studio shows. */
export function affectsContent(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration('lethe.unlearn') || event.affectsConfiguration('lethe.tensorflow');
}
