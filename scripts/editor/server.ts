import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureEditor } from './install.js';
import { run } from './run.js';

const START_MS = 60_000;
const STOP_MS = 5_000;

export interface EditorOptions extends Folders {
  /** The folder, or the .code-workspace file, to open. */
  readonly folder: string;
  /** False starts in restricted mode, as VS Code opens a folder that the user has not yet trusted. Default true. */
  readonly trust?: boolean;
  /** Goes on top of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** User settings; they go on top of DEFAULT_SETTINGS. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface RunningEditor {
  /** The page of the workbench with the folder open. */
  readonly url: string;
  /** All that the server has printed so far. */
  logs(): string;
  stop(): Promise<void>;
}

/** Where the editor keeps what is its own. */
interface Folders {
  readonly extensionsDir: string;
  readonly userDataDir: string;
}

/** What keeps the workbench quiet and its look the same at every start; `settings` of startEditor go on top. */
const DEFAULT_SETTINGS: Readonly<Record<string, unknown>> = {
  // Nothing open but what the test opens.
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'chat.disableAIFeatures': true,
  // No dialogs and no notifications that come or not depending on what lies around the folder.
  'security.workspace.trust.startupPrompt': 'never',
  'window.confirmBeforeClose': 'never',
  'git.openRepositoryInParentFolders': 'never',
  'extensions.ignoreRecommendations': true,
  // Nothing over the network.
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  // A terminal whose text is in the page (a drawn one has none to read), in a shell that does not depend on the user.
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.defaultProfile.linux': 'bash',
  'terminal.integrated.enablePersistentSessions': false,
  'terminal.integrated.initialHint': false,
};

/**
 * The first line makes a process that waits for the end of our pipe, which comes whenever and however we die, and then
 * kills the group; the second becomes the editor. An exit handler alone would not run when a test runner kills us.
 */
const GUARDED = '{ read _ <&3; kill -KILL 0; } >/dev/null 2>&1 &\nexec 3<&-; exec "$@"';

/** Starts the editor on a folder or a .code-workspace file, and waits until it answers. */
export async function startEditor(options: EditorOptions): Promise<RunningEditor> {
  const { folder, extensionsDir, userDataDir, trust = true, env = {}, settings = {} } = options;
  const { node, entry } = await ensureEditor();
  await mkdir(path.join(userDataDir, 'User'), { recursive: true });
  await mkdir(extensionsDir, { recursive: true });
  const merged = { ...DEFAULT_SETTINGS, ...settings };
  await writeFile(path.join(userDataDir, 'User', 'settings.json'), JSON.stringify(merged, null, 2));

  const args = [entry, ...commonArgs({ extensionsDir, userDataDir }), '--auth', 'none'];
  // Port 0 has the system choose, and no one can take the port between our asking for it and the editor's using it.
  args.push('--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check', '--ignore-last-opened');
  if (trust) args.push('--disable-workspace-trust');

  const child = spawn('/bin/sh', ['-c', GUARDED, 'sh', node, ...args], {
    cwd: userDataDir,
    env: { ...cleanEnvironment(), ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const editor = new Editor(child);
  try {
    const origin = await editor.origin();
    const key = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
    const url = `${origin}/?${key}=${encodeURIComponent(path.resolve(folder))}`;
    return { url, logs: () => editor.logs, stop: () => editor.stop() };
  } catch (error) {
    await editor.stop();
    throw new Error(`The editor did not start: ${(error as Error).message}\n${editor.logs}`);
  }
}

/** Installs a .vsix, as a user's "Install from VSIX..." does. */
export async function installExtension(vsixPath: string, extensionsDir: string, userDataDir: string): Promise<void> {
  const { node, entry } = await ensureEditor();
  await mkdir(userDataDir, { recursive: true });
  const args = [entry, ...commonArgs({ extensionsDir, userDataDir }), '--force', '--install-extension'];
  await run(node, [...args, path.resolve(vsixPath)], { env: cleanEnvironment() });
}

function commonArgs({ extensionsDir, userDataDir }: Folders): string[] {
  const data = path.resolve(userDataDir);
  // Without --config, code-server writes a file into the user's ~/.config, and reads what is there.
  return [
    ...['--config', path.join(data, 'code-server.yaml')],
    ...['--user-data-dir', data],
    ...['--extensions-dir', path.resolve(extensionsDir)],
  ];
}

/**
 * Our environment without what would lead the editor astray: in a terminal of VS Code, the VSCODE_ variables point to
 * that window, where our folder would then be opened; a NODE_OPTIONS of the test runner names loaders that are not there.
 */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (
      /^(VSCODE_|VITEST|npm_)|^(NODE_OPTIONS|NODE_ENV|ELECTRON_RUN_AS_NODE|PORT|PASSWORD|CODE_SERVER_.*)$/.test(name)
    ) {
      delete env[name];
    }
  }
  return { ...env, EXTENSIONS_GALLERY: '{}' }; // No marketplace: the tests ask nothing of the network.
}

class Editor {
  logs = '';
  readonly #child: ChildProcess;
  /** Why it ended, once it has. */
  readonly #exited: Promise<string>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}.`));
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.logs += text;
      });
    }
    // The guard ends once we do, so its pipe must not keep us from ending; nor need the editor.
    for (const stream of child.stdio.slice(1)) (stream as Socket).unref();
    child.unref();
  }

  /** `http://127.0.0.1:PORT`, once the workbench page is served there. */
  async origin(): Promise<string> {
    let over = '';
    this.#exited.then((reason) => {
      over = reason;
    });
    const until = Date.now() + START_MS;
    while (Date.now() < until) {
      const origin = /HTTP server listening on (http:\/\/[\d.]+:\d+)/.exec(this.logs)?.[1];
      if (origin && (await fetch(origin, { signal: AbortSignal.timeout(START_MS) }).catch(() => null))?.ok)
        return origin;
      if (over) throw new Error(over);
      await sleep(50);
    }
    throw new Error(`no answer within ${START_MS / 1000} s.`);
  }

  /** Ends the editor with all its processes: asks first, so that it writes what it has to, and then does not ask. */
  async stop(): Promise<void> {
    this.#child.ref();
    this.#signal('SIGTERM');
    await Promise.race([this.#exited, sleep(STOP_MS, undefined, { ref: false })]);
    this.#signal('SIGKILL');
    await this.#exited;
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#child.pid!, signal);
    } catch {
      // There is no such group any more.
    }
  }
}
