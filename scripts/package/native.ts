import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Target } from './targets.js';

/** What Node needs to know of a package. */
const MANIFEST_FIELDS = ['name', 'version', 'license', 'main', 'exports', 'type', 'os', 'cpu', 'libc'];

/**
 * Puts the native packages of one target beside the bundles, which look there first: without what other platforms, developers
 * and installers need.
 * @param modules the folder `node_modules` of the project
 */
export async function stageNative(target: Target, modules: string, staged: string): Promise<void> {
  const copy = (name: string, from: string, keep: (file: string) => boolean) =>
    copyPackage(from, path.join(staged, name), keep);
  const binaries = `bin/napi-v6/${target.platform}/${target.arch}/`;
  await copy(
    'onnxruntime-node',
    path.join(modules, 'onnxruntime-node'),
    (file) =>
      // On macOS the library is there twice; the addon asks for the name without the minor version.
      /^dist\/[^/]+\.js$/.test(file) || (file.startsWith(binaries) && !/\.\d+\.\d+\.\d+\.dylib$/.test(file)),
  );
  await copy('onnxruntime-common', path.join(modules, 'onnxruntime-common'), (file) =>
    /^dist\/cjs\/[^/]+\.(js|json)$/.test(file),
  );
  await copy('@napi-rs/image', path.join(modules, '@napi-rs/image'), (file) => file === 'index.js');
  const installed = path.join(modules, target.imagePackage);
  if (existsSync(installed)) return copy(target.imagePackage, installed, isAddon);
  const fetched = await mkdtemp(path.join(os.tmpdir(), 'lethe-package-'));
  try {
    await copy(target.imagePackage, await fetchPackage(target.imagePackage, modules, fetched), isAddon);
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}

const isAddon = (file: string) => file.endsWith('.node');

async function copyPackage(from: string, to: string, keep: (file: string) => boolean): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(from, 'package.json'), 'utf8'));
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from, { recursive: true })) {
    if (!keep(name.split(path.sep).join('/'))) continue;
    await mkdir(path.dirname(path.join(to, name)), { recursive: true });
    await copyFile(path.join(from, name), path.join(to, name));
  }
  const kept = Object.fromEntries(
    MANIFEST_FIELDS.flatMap((field) => (field in manifest ? [[field, manifest[field]]] : [])),
  );
  await writeFile(path.join(to, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Gets a package that npm does not install on this machine, in the version and with the digest of the lock file. */
async function fetchPackage(name: string, modules: string, folder: string): Promise<string> {
  const lock = JSON.parse(await readFile(path.join(modules, '..', 'package-lock.json'), 'utf8'));
  const locked = lock.packages[`node_modules/${name}`] as { version: string; integrity: string };
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['pack', `${name}@${locked.version}`, '--json', '--pack-destination', folder];
  const packed = execFileSync(npm, args, { encoding: 'utf8', shell: process.platform === 'win32' });
  const [{ filename, integrity }] = Object.values(JSON.parse(packed)) as { filename: string; integrity: string }[];
  if (integrity !== locked.integrity) throw new Error(`${name} is not the package that package-lock.json names`);
  execFileSync('tar', ['-xzf', path.join(folder, filename), '-C', folder]);
  return path.join(folder, 'package');
}
