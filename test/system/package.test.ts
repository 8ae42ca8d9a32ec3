import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSplit } from '../../examples/fashion-mnist/data.js';
import { checkPackage, listing, listPackage, type PackedFile } from '../../scripts/package/listing.js';
import { targetNamed } from '../../scripts/package/targets.js';
import type { EnvironmentResult } from '../../src/contract/models.js';
import type { UnlearnResult } from '../../src/contract/run.js';
import { sharedFolder } from '../support/folders.js';
import { freshPackage, unpack } from '../support/program/package.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = `${process.platform}-${process.arch}`;
// A new network with no way out, where the system lets a user have one.
const isolated = spawnSync('unshare', ['-rn', 'true']).status === 0 ? ['unshare', '-rn'] : [];

let remove: () => Promise<void>;
let folder: string;
let vsix: string;
let printed: string;
let files: PackedFile[];
/** Where the extension lies after it was installed. */
let extension: string;

beforeAll(async () => {
  ({ folder, remove } = await sharedFolder());
  ({ vsix, printed } = await freshPackage());
  files = await listPackage(vsix);
  await unpack(vsix, path.join(folder, 'installed'));
  extension = path.join(folder, 'installed', 'extension');
});

afterAll(() => remove());

const names = () => files.map(({ name }) => name.replace(/^extension\//, ''));

describe('the package', () => {
  it('is under 40 MB, and says what is in it', async () => {
    expect((await stat(vsix)).size).toBeLessThan(40e6);
    expect(printed).toContain(listing(files));
    expect(printed).toMatch(/extension\/dist\/node_modules\/onnxruntime-node +\d+ files/);
  });

  it('holds every part, and of the native ones those of this platform alone', () => {
    for (const name of [
      ...['package.json', 'package.nls.json', 'readme.md', 'LICENSE.txt', 'ThirdPartyNotices.txt', 'bin/lethe'],
      ...['bin/lethe.cmd', 'dist/extension.cjs', 'dist/engine.cjs', 'dist/lethe.cjs', 'dist/webview/studio.js'],
      ...['dist/tfjs-backend-wasm-simd.wasm', 'schemas/lethe.schema.json', 'media/icon.png', 'media/lethe.svg'],
      ...['dist/demo/lethe.json', 'dist/demo/fashion.onnx', 'dist/demo/fashion-tfjs/model.json'],
      ...['dist/demo-clusters/README.md', 'dist/demo-clusters/lethe.json', 'dist/demo-clusters/clusters.onnx'],
      ...['dist/demo-clusters/train.csv', 'dist/demo-clusters/test.csv'],
    ]) {
      expect(names()).toContain(name);
    }
    const native = names().filter((name) => /\.(node|dll|dylib|so(\.\d+)*)$/.test(name));
    expect(native.length).toBeGreaterThan(2);
    const { imagePackage } = targetNamed(here);
    for (const name of native)
      expect(name).toMatch(new RegExp(`${process.platform}/${process.arch}/|${imagePackage}/`));
  });

  it('has all that its manifest names', async () => {
    const manifest = JSON.parse(await readFile(path.join(extension, 'package.json'), 'utf8'));
    for (const field of ['scripts', 'devDependencies', 'dependencies', 'private'])
      expect(manifest).not.toHaveProperty(field);
    const named = [...JSON.stringify(manifest).matchAll(/"(?:\.\/)?((?:dist|media|schemas|bin)\/[^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(named).toContain('dist/extension.cjs');
    expect(named).toContain('media/icon.png');
    for (const name of named) expect(names()).toContain(name);
  });

  it('holds no sources, no maps, no tests, and no path of the machine that made it', async () => {
    expect(names().filter((name) => /\.(ts|map|test\.\w+)$|^(src|test|node_modules)\//.test(name))).toEqual([]);
    for (const name of names().filter((each) => /\.(cjs|js|json|css|md|txt|cmd)$|bin\/lethe$/.test(each))) {
      const text = await readFile(path.join(folder, 'installed', files[names().indexOf(name)].name), 'utf8');
      for (const place of [root, `${os.homedir()}/`])
        expect(text.includes(place), `${name} names ${place}`).toBe(false);
    }
  });

  it('holds the licences of all that is in it', async () => {
    const notices = await readFile(path.join(extension, 'ThirdPartyNotices.txt'), 'utf8');
    for (const name of [
      'onnxruntime-node',
      '@napi-rs/image',
      '@tensorflow/tfjs-core',
      'zod',
      'lit',
      'vscode-jsonrpc',
    ]) {
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+`, 'm'));
    }
  });
});

describe('a package with a mistake', () => {
  const good: PackedFile = { name: 'extension/dist/lethe.cjs', size: 1, packed: 1, mode: 0o755 };

  it.each([
    'extension/.env',
    'extension/src/cli/main.ts',
    'extension/dist/lethe.cjs.map',
    'extension/node_modules/zod/index.js',
  ])('is refused: %s', async (name) => {
    await expect(checkPackage(vsix, [good, { ...good, name }], 40)).rejects.toThrow(name);
  });

  it('is refused: too large', async () => {
    await expect(checkPackage(vsix, [good], 40)).resolves.toBeUndefined();
    await expect(checkPackage(vsix, [good], 1)).rejects.toThrow('more than 1');
  });

  it('is not begun for a platform that there is no ONNX Runtime for', () => {
    expect(() => targetNamed('darwin-x64')).toThrow('there is no package for darwin-x64');
  });
});

describe('the packed command line', () => {
  let workspace: string;

  /** Runs the packed `lethe` as the terminal does: by the editor's Node, with nothing else of this machine. */
  async function lethe(program: string, ...args: string[]): Promise<string> {
    const home = path.join(folder, 'home');
    await mkdir(home, { recursive: true });
    const env = { PATH: '/usr/bin:/bin', HOME: home, LETHE_NODE: process.execPath, ORT_DISABLE_TELEMETRY: '1' };
    const [file, ...rest] = [...isolated, program, ...args];
    return (await promisify(execFile)(file, rest, { cwd: workspace, env, maxBuffer: 2 ** 26 })).stdout;
  }

  beforeAll(async () => {
    workspace = path.join(folder, 'workspace');
    await cp(path.join(extension, 'dist', 'demo'), workspace, { recursive: true });
  });

  it('forgets a cluster of the second demo', async () => {
    const clusters = path.join(folder, 'clusters');
    await cp(path.join(extension, 'dist', 'demo-clusters'), clusters, { recursive: true });
    const args = ['unlearn', path.join(clusters, 'clusters.onnx'), '--forget', 'north-west', '--json', '--quiet'];
    const result: UnlearnResult = JSON.parse(await lethe(path.join(extension, 'bin', 'lethe'), ...args));
    expect(result.measuredOn).toEqual({ split: 'test', heldOut: false, samples: 400 });
    expect(result.before.forgetAccuracy).toBeGreaterThan(0.98);
    expect(result.after.forgetAccuracy).toBeLessThanOrEqual(0.01);
    expect(result.after.retainAccuracy).toBeGreaterThan(0.99);
  });

  it('can be run as it was unpacked, and through a link', async () => {
    expect(files.find(({ name }) => name === 'extension/bin/lethe')?.mode).toBe(0o755);
    const link = path.join(folder, 'lethe-link');
    await symlink(path.relative(folder, path.join(extension, 'bin', 'lethe')), link);
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    for (const program of [path.join(extension, 'bin', 'lethe'), link]) {
      expect((await lethe(program, '--version')).trim()).toBe(version);
    }
  });

  it('runs on what is in the package', async () => {
    const result: EnvironmentResult = JSON.parse(
      await lethe(path.join(extension, 'bin', 'lethe'), 'environment', '--json'),
    );
    const rows = Object.fromEntries(
      result.sections.flatMap(({ rows }) => rows.map(({ name, value }) => [name, value])),
    );
    expect(rows['ONNX Runtime']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(result.tensorflow.running).toBe('wasm');
  });

  // All candidates take TensorFlow.js on WebAssembly most of a minute.
  it.each([
    ['fashion.onnx', []],
    ['fashion-tfjs/model.json', ['--method', 'projection', '--alpha-r', '10,30', '--alpha-f', '3,10']],
  ] as const)('forgets a class of the demo: %s', async (model, options) => {
    const args = ['unlearn', model, '--forget', 'Shirt', '--json', '--quiet', ...options];
    const result: UnlearnResult = JSON.parse(await lethe(path.join(extension, 'bin', 'lethe'), ...args));
    expect(result.measuredOn).toEqual({ split: 'test', heldOut: false, samples: 2000 });
    expect(result.before.forgetAccuracy).toBeGreaterThan(0.7);
    expect(result.after.forgetAccuracy).toBeLessThanOrEqual(0.01);
    expect(result.after.retainAccuracy).toBeGreaterThan(result.before.retainAccuracy - 0.02);
    expect(result.policy.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('the demo', () => {
  const data = (name: string) => readFile(path.join(extension, 'dist', 'demo', 'data', name));

  it('holds the beginning of the data set', async () => {
    const train = await readSplit('train');
    const test = await readSplit('test');
    const images = async (name: string) => gunzipSync(await data(name));
    expect(await images('train-labels-idx1-ubyte.gz')).toHaveLength(8 + 9000);
    expect(
      Buffer.compare((await images('train-images-idx3-ubyte.gz')).subarray(16), train.pixels.subarray(0, 9000 * 784)),
    ).toBe(0);
    expect(
      Buffer.compare((await images('t10k-images-idx3-ubyte.gz')).subarray(16), test.pixels.subarray(0, 2000 * 784)),
    ).toBe(0);
    expect(Buffer.compare((await images('t10k-labels-idx1-ubyte.gz')).subarray(8), test.labels.subarray(0, 2000))).toBe(
      0,
    );
  });

  it('is the same on every machine', async () => {
    const digest = createHash('sha256')
      .update(await data('train-images-idx3-ubyte.gz'))
      .digest('hex');
    expect(digest).toBe('bef805d6e4badb831df1af62f74871879f37a3bce2bc8ad873366df69558298b');
  });

  it('comes with the licence of its images', async () => {
    expect(String(await data('LICENSE'))).toContain('Zalando SE');
  });
});
