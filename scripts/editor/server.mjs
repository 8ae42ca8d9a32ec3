import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureEditor } from './install.mjs';
import { run } from './run.mjs';

const START_MS = 60_000;
const STOP_MS = 5_000;

/** What keeps the workbench quiet and its look the same at every start; `settings` of startEditor go on top. */
export const DEFAULT_SETTINGS = {
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
export async function startEditor({ folder, extensionsDir, userDataDir, trust = true, env = {}, settings = {} }) {
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
    throw new Error(`The editor did not start: ${error.message}\n${editor.logs}`);
  }
}

/** Installs a .vsix, as a user's "Install from VSIX..." does. */
export async function installExtension(vsixPath, extensionsDir, userDataDir) {
  const { node, entry } = await ensureEditor();
  await mkdir(userDataDir, { recursive: true });
  const args = [entry, ...commonArgs({ extensionsDir, userDataDir }), '--force', '--install-extension'];
  return run(node, [...args, path.resolve(vsixPath)], { env: cleanEnvironment() });
}

function commonArgs({ extensionsDir, userDataDir }) {
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
function cleanEnvironment() {
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
  #child;
  #exited;

  constructor(child) {
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}.`));
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.logs += text;
      });
    }
    // The guard ends once we do, so its pipe must not keep us from ending; nor need the editor.
    for (const stream of [child.stdout, child.stderr, child.stdio[3]]) stream.unref();
    child.unref();
  }

  /** `http://127.0.0.1:PORT`, once the workbench page is served there. */
  async origin() {
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
  async stop() {
    this.#child.ref();
    this.#signal('SIGTERM');
    await Promise.race([this.#exited, sleep(STOP_MS, undefined, { ref: false })]);
    this.#signal('SIGKILL');
    await this.#exited;
  }

  #signal(signal) {
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // There is no such group any more.
    }
  }
}
