/**
 * Damages model files in thousands of ways and checks that each opens correctly or ends in an error message: no crash, no
 * other exception, no more than 10 s and 1 GiB of memory a file. Every file is used in a child process.
 *
 *   npx tsx bench/mutate.ts [--count 2000] [--seed 1] [--only onnx|tfjs] [--keep FOLDER]
 *
 * Exits with 1 if a file fails; `--keep` keeps the failing ones.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.js';
import { type Mutant, mutate } from '../test/support/models/mutate.js';
import { damageOnnx } from '../test/support/models/onnxDamage.js';
import { damagedText } from '../test/support/models/tfjsDamage.js';

const secondsAFile = 10;
const bytesAFile = 2 ** 30;
/** A process's peak memory only grows: a new one now and then keeps it about the file in hand. */
const filesAProcess = 250;

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    keep: { type: 'string' },
  },
});

const root = path.resolve(import.meta.dirname, '..');

/** The files of a model by their relative names, the one to open first. */
type ModelFiles = ReadonlyMap<string, Uint8Array>;

/** The models of the tests and the demo: single ONNX files with their external data, and folders with a model.json. */
async function sources(): Promise<Map<string, ModelFiles>> {
  const found = new Map<string, ModelFiles>();
  const listing = async (folder: string) => (await readdir(folder, { recursive: true }).catch(() => [])).sort();
  for (const folder of ['test/fixtures', 'examples'].map((name) => path.join(root, name))) {
    for (const name of await listing(folder)) {
      const main = path.basename(name);
      const home = path.join(folder, path.dirname(name));
      let parts: string[];
      if (main.endsWith('.onnx')) parts = (await readdir(home)).filter((other) => other.startsWith(`${main}.`));
      else if (main === 'model.json') parts = (await listing(home)).filter((other) => /\.bin$|shard/.test(other));
      else continue;
      const files = new Map<string, Uint8Array>();
      for (const part of [main, ...parts]) files.set(part, await readFile(path.join(home, part)));
      found.set(path.relative(root, path.join(home, main)), files);
    }
  }
  return new Map([...found].filter(([name]) => name.includes(options.only)));
}

/** Writes a model with one damaged file, mostly the main one. @returns what was done and what to open. */
async function writeMutant(files: ModelFiles, folder: string, random: Random): Promise<{ what: string; main: string }> {
  const names = [...files.keys()];
  const victim = random.unit() < 0.8 ? names[0] : names[random.below(names.length)];
  const mutant = damage(victim, files.get(victim)!, random);
  for (const name of names) {
    const target = path.join(folder, name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, name === victim ? mutant.bytes : files.get(name)!);
  }
  return { what: `${victim}: ${mutant.what}`, main: path.join(folder, names[0]) };
}

function damage(name: string, bytes: Uint8Array, random: Random): Mutant {
  if (name.endsWith('.onnx')) return damageOnnx(bytes, random);
  if (!name.endsWith('.json')) return mutate(bytes, random);
  return { what: 'damaged text', bytes: Buffer.from(damagedText(Buffer.from(bytes), random)) };
}

interface Answer {
  readonly outcome?: string;
  readonly defect?: string;
  readonly peakBytes?: number;
}

/** A child that uses files, replaced when it dies, hangs or has grown. */
class Worker {
  #child?: ChildProcess;
  #used = 0;

  async use(file: string): Promise<Answer> {
    if (++this.#used > filesAProcess) this.stop();
    this.#child ??= fork(path.join(root, 'test/support/models/mutantWorker.ts'), {
      execArgv: ['--import', 'tsx', '--max-old-space-size=700'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const child = this.#child;
    const answer = await new Promise<Answer>((resolve) => {
      const timer = setTimeout(() => resolve({ defect: `took over ${secondsAFile} s` }), secondsAFile * 1000);
      const finish = (found: Answer) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(found);
      };
      child.once('message', (message) => finish(message as Answer));
      child.once('exit', (code, signal) => finish({ defect: `the process died (${signal ?? code})` }));
      child.send(file);
    });
    const heavy = (answer.peakBytes ?? 0) > bytesAFile;
    if (answer.outcome === undefined || heavy) this.stop();
    return heavy ? { defect: `took ${Math.round(answer.peakBytes! / 2 ** 20)} MiB` } : answer;
  }

  stop(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#used = 0;
  }
}

const models = [...(await sources())];
const count = Number(options.count);
const scratch = await mkdtemp(path.join(tmpdir(), 'lethe-mutants-'));
const worker = new Worker();
const outcomes = new Map<string, number>();
let failures = 0;
let slowest = 0;
let peak = 0;
try {
  for (let i = 0; i < count; i++) {
    const [name, files] = models[i % models.length];
    // A seed a file, so that any of them can be made again alone.
    const random = new Random(Number(options.seed) * 1_000_003 + i);
    const folder = path.join(scratch, String(i));
    const { what, main } = await writeMutant(files, folder, random);
    const started = performance.now();
    const { outcome, defect, peakBytes = 0 } = await worker.use(main);
    slowest = Math.max(slowest, performance.now() - started);
    peak = Math.max(peak, peakBytes);
    if (outcome === undefined) {
      failures += 1;
      console.log(`${i} ${name}, ${what}\n  ${defect}`);
      if (options.keep) await cp(folder, path.join(options.keep, String(i)), { recursive: true });
    }
    outcomes.set(outcome ?? 'FAILED', (outcomes.get(outcome ?? 'FAILED') ?? 0) + 1);
    await rm(folder, { recursive: true });
  }
} finally {
  worker.stop();
  await rm(scratch, { recursive: true, force: true });
}

console.log(`${count} damaged files of ${models.length} models, seed ${options.seed}`);
for (const [outcome, times] of [...outcomes].sort((a, b) => b[1] - a[1]))
  console.log(`  ${outcome.padEnd(20)} ${times}`);
console.log(`  slowest ${(slowest / 1000).toFixed(1)} s, peak memory ${Math.round(peak / 2 ** 20)} MiB`);
process.exitCode = failures > 0 ? 1 : 0;
