import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../bundle/root.js';
import { isExecutable } from './browser.js';
import { run } from './run.js';

// Both exact. code-server runs only on the Node it was built for, and its native modules are built against that one's
// headers, which this package carries: those that node-gyp would fetch are on a host that is not a package registry.
const CODE_SERVER = '4.139.1'; // VS Code 1.139.1
const NODE = '24.21.0';
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

// To be raised when the steps below change, so that an install made by the older ones is not taken for a good one.
const RECIPE = 1;

const STAMP = { codeServer: CODE_SERVER, node: NODE, package: NODE_PACKAGE, recipe: RECIPE };

// The native modules without which the server does not start, or has no terminal (node-pty). The others (kerberos,
// sqlite3, ...) serve sign-in, chat and Windows; compiling them takes a minute and is not missed.
const VSCODE_NATIVE = ['@vscode/native-watchdog', '@vscode/spdlog', 'node-pty'];

function editorFolder(): string {
  return path.join(path.resolve(root, process.env.LETHE_TEST_CACHE || '.cache'), 'editor');
}

function layout(folder: string) {
  const modules = path.join(folder, 'node_modules');
  const server = path.join(modules, 'code-server');
  return {
    home: path.join(modules, NODE_PACKAGE),
    node: path.join(modules, NODE_PACKAGE, 'bin', 'node'),
    entry: path.join(server, 'out', 'node', 'entry.js'),
    vscode: path.join(server, 'lib', 'vscode'),
    stamp: path.join(folder, 'stamp.json'),
  };
}

/** Programs of an installed editor. */
export interface InstalledEditor {
  /** The Node that it runs on. */
  readonly node: string;
  /** Its script. */
  readonly entry: string;
}

let pending: Promise<InstalledEditor> | undefined;

/** Where Node for the editor and the editor's script are; installs them first where this has not been done yet. */
export function ensureEditor(): Promise<InstalledEditor> {
  pending ??= ensure().catch((error) => {
    pending = undefined;
    throw error;
  });
  return pending;
}

async function ensure(): Promise<InstalledEditor> {
  const cache = editorFolder();
  const folder = path.join(cache, 'install');
  if (!(await isComplete(folder))) await replace(cache, folder);
  const { node, entry } = layout(folder);
  return { node, entry };
}

async function isComplete(folder: string): Promise<boolean> {
  const { node, entry, stamp } = layout(folder);
  const found = await readFile(stamp, 'utf8').catch(() => '');
  return found === JSON.stringify(STAMP) && existsSync(node) && existsSync(entry);
}

/**
 * Installs beside `folder` and renames at the end, so that `folder` holds a whole install or nothing, whenever the
 * process dies. Two processes may do so at once (each has its own scratch folder); the first to finish wins.
 */
async function replace(cache: string, folder: string): Promise<void> {
  checkTools();
  await mkdir(cache, { recursive: true });
  await sweep(cache);
  const scratch = path.join(cache, `scratch-${process.pid}`);
  try {
    await install(scratch);
    if (await isComplete(folder)) return;
    await rm(folder, { recursive: true, force: true });
    await rename(scratch, folder).catch(async (error) => {
      if (!(await isComplete(folder))) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Removes what installs that were cut off left behind, but not what another process is filling just now. */
async function sweep(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = /^scratch-(\d+)$/.exec(name)?.[1];
    if (pid && (Number(pid) === process.pid || !isAlive(Number(pid)))) {
      await rm(path.join(cache, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function checkTools(): void {
  if (process.platform !== 'linux') throw new Error(`The editor for tests is for Linux, not ${process.platform}.`);
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const missing = ['npm', 'python3', 'make', 'g++'].filter(
    (tool) => !folders.some((folder) => isExecutable(path.join(folder, tool))),
  );
  if (missing.length === 0) return;
  throw new Error(
    `Installing the editor for tests needs ${missing.join(', ')}. Install with\n` +
      `  apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`,
  );
}

async function install(scratch: string): Promise<void> {
  const started = Date.now();
  console.error(`Installing code-server ${CODE_SERVER} for the tests in the editor, once; this takes a minute.`);
  const { home, node, vscode, stamp } = layout(scratch);
  const npm = (cwd: string, ...args: string[]) => run('npm', args, { cwd, env: npmEnvironment(home) });
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund'];

  await mkdir(scratch, { recursive: true });
  const wanted = { 'code-server': CODE_SERVER, [NODE_PACKAGE]: NODE };
  const manifest = { private: true, dependencies: wanted, allowScripts: { argon2: true } };
  await writeFile(path.join(scratch, 'package.json'), JSON.stringify(manifest));
  await npm(scratch, 'install', ...quietly);

  // code-server's own install script does these two, but compiles all native modules too. Both folders have a lock
  // file, as the package itself does, so all that lies below is of exact versions too.
  await npm(vscode, 'install', '--omit=dev', ...quietly);
  await npm(path.join(vscode, 'extensions'), 'install', '--omit=dev', ...quietly);

  await npm(vscode, 'rebuild', ...VSCODE_NATIVE);
  await npm(scratch, 'rebuild', 'argon2');
  await checkNative(node, vscode);
  await writeFile(stamp, JSON.stringify(STAMP));
  console.error(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * The environment in which npm installs the editor: with its Node first, and without what an `npm test` around us
 * says about Lethe's own package.
 */
function npmEnvironment(home: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_(package|lifecycle|config_local_prefix$)/.test(name)) env[name] = value;
  }
  env.PATH = `${path.join(home, 'bin')}${path.delimiter}${process.env.PATH}`;
  env.npm_config_nodedir = home;
  env.npm_config_engine_strict = 'false'; // The first install still runs on whatever Node runs this script.
  env.npm_config_ignore_scripts = 'false'; // Ours is true, and would have `npm rebuild` compile nothing.
  env.JOBS = 'max'; // node-gyp would use one core.
  return env;
}

/** Loads the native modules: npm does not fail on a script that it skipped, and the server would only at a start. */
async function checkNative(node: string, vscode: string): Promise<void> {
  const script = `
    for (const name of ${JSON.stringify(VSCODE_NATIVE)}) require(name);
    const pty = require('node-pty').spawn('/bin/sh', ['-c', 'exit 7'], {});
    pty.onExit(({ exitCode }) => process.exit(exitCode === 7 ? 0 : 1));`;
  await run(node, ['--input-type=commonjs', '-e', script], { cwd: vscode });
  await run(node, ['-e', "require('argon2')"], { cwd: path.join(vscode, '..', '..') });
}
