import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { accounts, bundledFiles, dist } from '../bundle/dist.js';
import { isFresh, stamp } from '../bundle/fresh.js';
import { root } from '../bundle/root.js';
import { demoSources, writeClustersDemo, writeDemo } from './demo.js';
import { stageNative } from './native.js';
import { thirdPartyNotices } from './notices.js';
import { placeOf } from './place.js';
import type { Target } from './targets.js';

/** What is taken as it is. */
const COPIED = [
  ...['CHANGELOG.md', 'LICENSE', '.vscodeignore', 'package.nls.json', 'media', 'schemas', 'bin'],
  // What a finding's code links to.
  'docs/diagnostics.md',
];

/** What only those need who develop the extension. */
const DEVELOPMENT = [
  'scripts',
  'private',
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
];

/** Packages that are in it besides the bundled ones. The platform's part of the image codec has the licence of the whole. */
const COPIED_PACKAGES = ['onnxruntime-node', 'onnxruntime-common', '@napi-rs/image', '@vscode/codicons'];

const modules = path.join(root, 'node_modules');

/** Whether the package for a target is there, and was made of this build and of all else as it is now. */
export async function isPackageFresh(target: Target): Promise<boolean> {
  const named = [...COPIED, 'package.json', 'README.md', 'scripts/package'].map((name) => path.join(root, name));
  const packages = COPIED_PACKAGES.map((name) => path.join(modules, name, 'package.json'));
  return isFresh(placeOf(target.name).vsix, [...accounts, ...named, ...packages, ...demoSources]);
}

/** Packs what is in `dist`, with all else that belongs into the package for a target. */
export async function makePackage(target: Target): Promise<void> {
  const began = Date.now();
  const { stage, vsix } = placeOf(target.name);
  await rm(stage, { recursive: true, force: true });
  await mkdir(path.join(stage, 'dist'), { recursive: true });
  await stageManifest(stage);
  for (const name of COPIED) await cp(path.join(root, name), path.join(stage, name), { recursive: true });
  await stageReadme(stage);
  await stageBundles(path.join(stage, 'dist'));
  await stageNative(target, modules, path.join(stage, 'dist', 'node_modules'));
  await writeDemo(path.join(stage, 'dist', 'demo'));
  await writeClustersDemo(path.join(stage, 'dist', 'demo-clusters'));
  const notices = await thirdPartyNotices(root, await bundledFiles(), COPIED_PACKAGES);
  await writeFile(path.join(stage, 'ThirdPartyNotices.txt'), notices);
  pack(target, stage, vsix);
  await stamp(vsix, began);
}

async function stageManifest(stage: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  for (const field of DEVELOPMENT) delete manifest[field];
  await writeFile(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Without its pictures: the editor's page of an extension shows none that are not on the web. The walkthrough has them. */
async function stageReadme(stage: string): Promise<void> {
  const text = await readFile(path.join(root, 'README.md'), 'utf8');
  await writeFile(path.join(stage, 'README.md'), text.replace(/^!\[.*\]\(media\/.*\)\n\n/gm, ''));
  await rm(path.join(stage, 'media', 'report.png'));
}

/** The build without its source maps, and without what the bundles say of them. */
async function stageBundles(staged: string): Promise<void> {
  for (const name of await readdir(dist)) {
    const from = path.join(dist, name);
    const to = path.join(staged, name);
    // Threads in WebAssembly are for browsers.
    if (name === 'webview' || /^(?!.*-threaded-).*\.wasm$/.test(name)) await cp(from, to, { recursive: true });
    if (!name.endsWith('.cjs')) continue;
    // First as a copy, which keeps the mode.
    await cp(from, to);
    await writeFile(to, (await readFile(from, 'utf8')).replace(/\/\/# sourceMappingURL=\S+\n$/, ''));
  }
}

function pack(target: Target, stage: string, file: string): void {
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  const args = ['package', '--no-dependencies', '--target', target.name, '--out', file];
  // There is no address that relative links could be completed with; the pictures are in the package.
  args.push('--no-rewrite-relative-links', '--allow-missing-repository');
  // A fixed time in the archive: the same sources make the same package.
  const env = { SOURCE_DATE_EPOCH: '1735689600', ...process.env };
  execFileSync(process.execPath, [vsce, ...args], { cwd: stage, stdio: 'inherit', env });
}
