/**
 * Makes the extension's package for one platform: build/lethe-<target>-<version>.vsix, and beside it the folder it was made of.
 *
 *   npm run package                           for this machine
 *   npm run package -- --target win32-x64     for another
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeClustersDemo, writeDemo } from './demo.js';
import { checkPackage, listing, listPackage } from './package/listing.js';
import { stageNative } from './package/native.js';
import { thirdPartyNotices } from './package/notices.js';
import { targetNamed } from './package/targets.js';

const root = fileURLToPath(new URL('..', import.meta.url));

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
  'allowScripts',
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
];

/** Packages that are in it besides the bundled ones. The platform's part of the image codec has the licence of the whole. */
const COPIED_PACKAGES = ['onnxruntime-node', 'onnxruntime-common', '@napi-rs/image', '@vscode/codicons'];

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: `${process.platform}-${process.arch}` },
    /** Where the package and its folder go. */
    out: { type: 'string', default: path.join(root, 'build') },
  },
});
const target = targetNamed(values.target);
const out = path.resolve(values.out);
const stage = path.join(out, target.name);

await rm(stage, { recursive: true, force: true });
await mkdir(stage, { recursive: true });
const version = await stageManifest();
for (const name of COPIED) await cp(path.join(root, name), path.join(stage, name), { recursive: true });
await stageReadme();
const bundled = await stageBundles();
await stageNative(target, path.join(root, 'node_modules'), path.join(stage, 'dist', 'node_modules'));
await writeDemo(path.join(stage, 'dist', 'demo'));
await writeClustersDemo(path.join(stage, 'dist', 'demo-clusters'));
await writeFile(path.join(stage, 'ThirdPartyNotices.txt'), await thirdPartyNotices(root, bundled, COPIED_PACKAGES));

const vsix = path.join(out, `lethe-${target.name}-${version}.vsix`);
pack(vsix);
const files = await listPackage(vsix);
console.log(`\n${listing(files)}\n\n${path.relative(process.cwd(), vsix)}`);
await checkPackage(vsix, files, target.limit);

async function stageManifest(): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  for (const field of DEVELOPMENT) delete manifest[field];
  await writeFile(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest.version;
}

/** Without its pictures: the editor's page of an extension shows none that are not on the web. The walkthrough has them. */
async function stageReadme(): Promise<void> {
  const text = await readFile(path.join(root, 'README.md'), 'utf8');
  await writeFile(path.join(stage, 'README.md'), text.replace(/^!\[.*\]\(media\/.*\)\n\n/gm, ''));
  await rm(path.join(stage, 'media', 'report.png'));
}

/** @returns the files of the project that were bundled. */
async function stageBundles(): Promise<string[]> {
  const dist = path.join(stage, 'dist');
  const account = path.join(stage, 'bundled.json');
  execFileSync(process.execPath, ['esbuild.mjs', dist, account], { cwd: root, stdio: 'inherit' });
  // Threads in WebAssembly are for browsers.
  await rm(path.join(dist, 'tfjs-backend-wasm-threaded-simd.wasm'));
  const inputs = JSON.parse(await readFile(account, 'utf8')) as string[];
  await rm(account);
  return inputs;
}

function pack(file: string): void {
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  const args = ['package', '--no-dependencies', '--target', target.name, '--out', file];
  // There is no address that relative links could be completed with; the pictures are in the package.
  args.push('--no-rewrite-relative-links', '--allow-missing-repository');
  // A fixed time in the archive: the same sources make the same package.
  const env = { SOURCE_DATE_EPOCH: '1735689600', ...process.env };
  execFileSync(process.execPath, [vsce, ...args], { cwd: stage, stdio: 'inherit', env });
}
