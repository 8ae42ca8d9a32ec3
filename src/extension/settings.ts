import * as vscode from 'vscode';
import {
  type AskedSettings,
  askedSettings,
  EDITOR_SETTINGS,
  METHOD_NAMES,
  RUN_SETTINGS,
  type SettingName,
} from '../contract/settings.js';
import type { TensorFlowBackend } from '../contract/terms.js';

/** What the engine process is started with. */
export interface EngineSettings {
  /** Path of a Node to run the engine with, undefined for the editor's own. */
  readonly nodePath: string | undefined;
  /** Bytes, undefined for the engine's own limit. */
  readonly memoryLimitBytes: number | undefined;
  readonly threads: number | undefined;
  readonly tensorflow: TensorFlowBackend;
}

export function engineSettings(): EngineSettings {
  const section = vscode.workspace.getConfiguration('lethe');
  const memory = section.get<number>('engine.memoryLimit', 0);
  return {
    nodePath: section.get<string>('engine.nodePath', '').trim() || undefined,
    memoryLimitBytes: memory > 0 ? memory * 2 ** 20 : undefined,
    threads: section.get<number>('engine.threads', 0) || undefined,
    tensorflow: section.get<TensorFlowBackend>('tensorflow.backend', 'auto'),
  };
}

const BACKENDS: readonly TensorFlowBackend[] = ['auto', 'gpu', 'cpu', 'wasm'];

/** Chooses what runs TensorFlow.js models on this machine; anything that is no backend is ignored. */
export async function setBackend(backend: TensorFlowBackend): Promise<void> {
  if (!BACKENDS.includes(backend)) return;
  const section = vscode.workspace.getConfiguration('lethe.tensorflow');
  await section.update('backend', backend, vscode.ConfigurationTarget.Global);
}

/** What a run is to be done with, as far as the user's settings differ from Lethe's own defaults. Empty ones are not set. */
export function unlearnSettings(model: vscode.Uri): AskedSettings {
  const section = vscode.workspace.getConfiguration('lethe.unlearn', model);
  const isSet = (value: unknown) =>
    Array.isArray(value) ? value.length > 0 : typeof value === 'string' ? value.trim() !== '' : value != null;
  const known = EDITOR_SETTINGS.map((name) => [name, section.get<unknown>(name)] as const);
  const isNone = (name: SettingName, value: unknown) =>
    RUN_SETTINGS[name].kind === 'method'
      ? !METHOD_NAMES.some((method) => method === value)
      : value === 0 && isAtLeastOne(name);
  const set = known.filter(([name, value]) => isSet(value) && !isNone(name, value));
  return askedSettings(Object.fromEntries(set) as AskedSettings);
}

/** Whether 0 is no value of a setting: there it stands for Lethe's own default. */
function isAtLeastOne(name: SettingName): boolean {
  const facts = RUN_SETTINGS[name];
  return 'least' in facts && facts.least > 0;
}

/** Whether `lethe.json` files may name data outside of their own folder. */
export function allowOutside(resource: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration('lethe', resource).get('data.allowOutside', false);
}

/** Files apart by `allowOutside`: every folder of a workspace has a setting of its own. */
export function apartByAllowOutside(
  files: readonly vscode.Uri[],
): readonly { readonly allowOutside: boolean; readonly files: readonly vscode.Uri[] }[] {
  return [false, true]
    .map((allowed) => ({ allowOutside: allowed, files: files.filter((file) => allowOutside(file) === allowed) }))
    .filter((part) => part.files.length > 0);
}

export interface DiagnosticsSettings {
  readonly enabled: boolean;
  /** Bytes of weights up to which tensors are scanned for NaN and infinity without being asked to. */
  readonly scanBytes: number;
}

export function diagnosticsSettings(): DiagnosticsSettings {
  const section = vscode.workspace.getConfiguration('lethe.diagnostics');
  return { enabled: section.get('enabled', true), scanBytes: section.get('scanLimit', 16) * 2 ** 20 };
}
