import path from 'node:path';
import { shellWord } from '../../base/shell.js';
import type { Recipe } from '../../contract/candidates.js';
import type { UnlearnRequest } from '../../contract/run.js';
import { RUN_SETTINGS, type RunSettings, SETTING_NAMES, settingsOf, unusualSettings } from '../../contract/settings.js';

/**
 * `lethe unlearn fashion.onnx --forget Shirt --samples 200`, quoted for the shells of this system.
 * @param folder the one that the command is to be run in; the model is named from there.
 */
export function commandText({ model, forget = [], ...settings }: UnlearnRequest, folder?: string): string {
  const words = ['lethe', 'unlearn', folder ? path.relative(folder, model) : model];
  if (forget.length > 0) words.push('--forget', forget.map((name) => String(name).replaceAll(',', '\\,')).join(','));
  for (const name of SETTING_NAMES) {
    const value = settings[name];
    if (value === undefined || value === null || value === '') continue;
    const [flag] = RUN_SETTINGS[name].option.split(' ');
    words.push(flag, Array.isArray(value) ? value.join(',') : String(value));
  }
  if (settings.allowOutside) words.push('--allow-outside');
  return words.map(shellWord).join(' ');
}

/**
 * What asks for a run again with one candidate, and with those of its settings that are not Lethe's defaults. What chose among
 * candidates is left out, as there is one.
 * @param model path of the run's source.
 */
export function requestAgain(
  model: string,
  forget: readonly (string | number)[],
  settings: RunSettings,
  { method, alphaR, alphaF }: Recipe,
): UnlearnRequest {
  const { tolerance, depth } = settingsOf({});
  const one = { method, alphaR: [alphaR], alphaF: [alphaF], tolerance, depth };
  return { model, forget, ...unusualSettings({ ...settings, ...one }) };
}
