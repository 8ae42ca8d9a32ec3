import path from 'node:path';
import { shellWord } from '../../base/shell.js';
import type { UnlearnRequest } from '../../contract/run.js';
import type { RunSettings } from '../../contract/settings.js';
import type { AlphaPair } from '../../contract/terms.js';
import { DEFAULTS, settingsOf } from '../../project/defaults.js';

/**
 * `lethe unlearn fashion.onnx --forget Shirt --samples 200`, quoted for the shells of this system.
 * @param folder the one that the command is to be run in; the model is named from there.
 */
export function commandText({ model, forget = [], ...settings }: UnlearnRequest, folder?: string): string {
  const words = ['lethe', 'unlearn', folder ? path.relative(folder, model) : model];
  if (forget.length > 0) words.push('--forget', forget.map((name) => String(name).replaceAll(',', '\\,')).join(','));
  const options: readonly (readonly [string, unknown])[] = [
    ['--samples', settings.samples],
    ['--forget-samples', settings.forgetSamples],
    ['--max-patches', settings.maxPatches],
    ['--alpha-r', settings.alphaR?.join(',')],
    ['--alpha-f', settings.alphaF?.join(',')],
    ['--layers', settings.layers],
    ['--memory', settings.memory],
    ['--seed', settings.seed],
  ];
  for (const [option, value] of options) if (value !== undefined && value !== '') words.push(option, String(value));
  if (settings.allowOutside) words.push('--allow-outside');
  return words.map(shellWord).join(' ');
}

/**
 * What asks for a run again with one pair of alphas, and with those of its settings that are not Lethe's defaults.
 * @param model path of the run's source.
 */
export function requestAgain(
  model: string,
  forget: readonly (string | number)[],
  settings: RunSettings,
  { alphaR, alphaF }: AlphaPair,
): UnlearnRequest {
  const usual = settingsOf({ samples: settings.samples });
  const unusual = (name: 'forgetSamples' | 'maxPatches' | 'memory' | 'seed') =>
    settings[name] === usual[name] ? undefined : settings[name];
  return {
    ...{ model, forget, alphaR: [alphaR], alphaF: [alphaF] },
    samples: settings.samples === DEFAULTS.samples ? undefined : settings.samples,
    forgetSamples: unusual('forgetSamples'),
    maxPatches: unusual('maxPatches'),
    layers: settings.layers ?? undefined,
    memory: unusual('memory'),
    seed: unusual('seed'),
  };
}
