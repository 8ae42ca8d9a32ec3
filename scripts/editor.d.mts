/** Types of editor.mjs for the tests, which are TypeScript; what each does is said there. */

export interface EditorOptions {
  /** The folder, or the .code-workspace file, to open. */
  folder: string;
  extensionsDir: string;
  userDataDir: string;
  /** False starts in restricted mode, as VS Code opens a folder that the user has not yet trusted. Default true. */
  trust?: boolean;
  /** Goes on top of this process's environment. */
  env?: Record<string, string>;
  /** User settings; they go on top of DEFAULT_SETTINGS. */
  settings?: Record<string, unknown>;
}

export interface RunningEditor {
  /** The page of the workbench with the folder open. */
  url: string;
  /** All that the server has printed so far. */
  logs(): string;
  stop(): Promise<void>;
}

export const DEFAULT_SETTINGS: Readonly<Record<string, unknown>>;
export function ensureEditor(): Promise<{ node: string; entry: string }>;
export function findChromium(): string;
export function installExtension(vsixPath: string, extensionsDir: string, userDataDir: string): Promise<string>;
export function startEditor(options: EditorOptions): Promise<RunningEditor>;
