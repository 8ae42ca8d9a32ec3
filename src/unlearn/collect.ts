import { LetheError } from '../base/errors.js';
import type { Work } from '../contract/progress.js';
import { RUN_SETTINGS } from '../contract/settings.js';
import { memoryText } from '../contract/text.js';
import { type Matrix, matrix } from '../linalg/matrix.js';
import { type Accumulator, accumulatorBytes, accumulatorFor } from './accumulator.js';
import { ByteCache } from './cache.js';
import { momentBytes } from './moment.js';
import { Space } from './space.js';
import { MemoryStore, type MomentStore, ScratchStore } from './store.js';
import type { ActivationStream, ProjectionProblem, Side } from './stream.js';

export interface CollectOptions extends Work {
  /** Bytes that moments and what is derived from them may take together, roughly; default 2 GiB. */
  readonly memory?: number;
  /**
   * Also keep a sketch of each large space from so many of its vectors, spread evenly: good enough to rank pairs of alphas,
   * at a fraction of the cost. Default: no sketches.
   */
  readonly sketch?: number;
  /** Folder for the scratch file that is used when the moments exceed the memory; default the system's. */
  readonly scratch?: string;
}

/** How exact a space is: from all vectors, or from few where that is cheaper. */
export type Detail = 'sketch' | 'full';

export interface SpacePair {
  readonly retain: Space;
  readonly forget: Space;
}

const SIDES: readonly Side[] = ['retain', 'forget'];

/** One moment to collect, from `count` of its source's vectors. */
interface Target {
  readonly key: string;
  readonly detail: Detail;
  readonly count: number;
}

/** One problem's vectors on one side, and what is collected from them. */
interface Source {
  readonly problem: ProjectionProblem;
  readonly side: Side;
  readonly count: number;
  readonly targets: readonly Target[];
}

/**
 * Collects the retain and forget spaces of all problems from an activation stream. One pass a side where the moments fit
 * into memory; otherwise several passes, each over as many problems as fit, with the finished moments in a scratch file.
 * Call `dispose` on the result when done; if this call fails or is cancelled nothing is left behind.
 * @throws LetheError `out-of-memory` if one problem alone is too large; `model-corrupt` for vectors that are not finite;
 *   `disk-full`, `cancelled`.
 */
export async function collectSpaces(
  stream: ActivationStream,
  problems: readonly ProjectionProblem[],
  options: CollectOptions = {},
): Promise<SpaceSet> {
  const memory = options.memory ?? RUN_SETTINGS.memory.default;
  const sources = SIDES.flatMap((side) => problems.map((problem) => sourceOf(stream, problem, side, options.sketch)));
  const peak = sources.reduce((sum, source) => sum + bytesOf(source, accumulatorBytes), 0);
  // A quarter is left for factors, one of which is about as large as its moment.
  const fits = peak <= 0.75 * memory;
  const passes = fits
    ? SIDES.map((side) => sources.filter((source) => source.side === side))
    : passesOver(sources, memory);
  const store = fits ? new MemoryStore() : await ScratchStore.create(options.scratch);
  try {
    let done = 0;
    for (const pass of passes) {
      await runPass(stream, pass, store, options.signal, (source) => {
        done++;
        options.onProgress?.({ phase: 'moments', done, total: sources.length, detail: source.problem.id });
      });
    }
  } catch (error) {
    await store.dispose();
    throw error;
  }
  const finished = sources.reduce((sum, source) => sum + bytesOf(source, momentBytes), 0);
  return new SpaceSet(problems, sources, store, new ByteCache(fits ? memory - finished : memory / 2), fits);
}

function sourceOf(stream: ActivationStream, problem: ProjectionProblem, side: Side, sketch?: number): Source {
  const count = stream.count(side, problem.id);
  const targets: Target[] = [{ key: keyOf(problem, side, 'full'), detail: 'full', count }];
  if (sketch !== undefined && Math.min(count, problem.in) >= 2 * sketch) {
    targets.push({ key: keyOf(problem, side, 'sketch'), detail: 'sketch', count: sketch });
  }
  return { problem, side, count, targets };
}

function keyOf(problem: ProjectionProblem, side: Side, detail: Detail): string {
  return `${side}/${detail}/${problem.id}`;
}

function bytesOf(source: Source, measure: (problem: ProjectionProblem, count: number) => number): number {
  return source.targets.reduce((sum, target) => sum + measure(source.problem, target.count), 0);
}

/** Cuts the sources, which are sorted by side, into passes over one side that fit into half of the memory. */
function passesOver(sources: readonly Source[], memory: number): Source[][] {
  const passes: Source[][] = [];
  let used = 0;
  for (const source of sources) {
    const bytes = bytesOf(source, accumulatorBytes);
    // To apply a pair of spaces takes both moments and a factor.
    if (bytes > memory / 3) throw tooLarge(source, bytes, memory);
    const pass = passes.at(-1);
    if (pass && pass[0].side === source.side && used + bytes <= memory / 2) {
      pass.push(source);
      used += bytes;
    } else {
      passes.push([source]);
      used = bytes;
    }
  }
  return passes;
}

function tooLarge({ problem, side, count }: Source, bytes: number, memory: number): LetheError {
  return new LetheError('out-of-memory', {
    message: `the ${side} space of ${count} vectors of length ${problem.in} takes ${memoryText(bytes, 'up')}, with a budget of ${memoryText(memory, 'up')}`,
    place: `layer "${problem.id}"`,
    hint: `Allow at least ${memoryText(3 * bytes, 'up')}, use fewer vectors (--max-patches), or leave the layer out (--layers).`,
  });
}

async function runPass(
  stream: ActivationStream,
  sources: readonly Source[],
  store: MomentStore,
  signal: AbortSignal | undefined,
  onFinished: (source: Source) => void,
): Promise<void> {
  if (sources.length === 0) return;
  const collectors = new Map(
    sources.map((source) => [source.problem.id, source.targets.map((target) => new Collector(source, target))]),
  );
  for await (const { problem, vectors } of stream.vectors(sources[0].side, [...collectors.keys()], signal)) {
    for (const collector of collectors.get(problem)!) await collector.add(vectors, signal);
  }
  for (const source of sources) {
    for (const collector of collectors.get(source.problem.id)!) await collector.finish(store, signal);
    onFinished(source);
    collectors.delete(source.problem.id);
  }
}

/** Feeds one target with its share of the vectors. */
class Collector {
  readonly #source: Source;
  readonly #target: Target;
  readonly #accumulator: Accumulator;
  #seen = 0;

  constructor(source: Source, target: Target) {
    this.#source = source;
    this.#target = target;
    this.#accumulator = accumulatorFor(source.problem, target.count);
  }

  add(vectors: Matrix, signal?: AbortSignal): Promise<void> {
    const first = this.#seen;
    this.#seen += vectors.rows;
    const total = this.#source.count;
    const { count } = this.#target;
    if (count === total) return this.#accumulator.add(vectors, signal);
    // Vector i is kept where i * count / total passes a whole number: evenly spread, and exactly `count` in the end.
    const share = (index: number) => Math.floor((index * count) / total);
    const kept: number[] = [];
    for (let i = 0; i < vectors.rows; i++) if (share(first + i + 1) > share(first + i)) kept.push(i);
    return this.#accumulator.add(selectRows(vectors, kept), signal);
  }

  async finish(store: MomentStore, signal?: AbortSignal): Promise<void> {
    await store.put(this.#target.key, await this.#accumulator.finish(signal), signal);
  }
}

function selectRows({ cols, data }: Matrix, rows: readonly number[]): Matrix {
  const selected = matrix(rows.length, cols);
  for (const [to, from] of rows.entries()) selected.data.set(data.subarray(from * cols, (from + 1) * cols), to * cols);
  return selected;
}

/** The collected spaces of all problems. */
export class SpaceSet {
  readonly problems: readonly ProjectionProblem[];
  /** What is derived from the spaces and can be derived again. */
  readonly cache: ByteCache;
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #store: MomentStore;
  readonly #resident: boolean;

  constructor(
    problems: readonly ProjectionProblem[],
    sources: readonly Source[],
    store: MomentStore,
    cache: ByteCache,
    resident: boolean,
  ) {
    this.problems = problems;
    this.cache = cache;
    this.#sizes = new Map(
      sources.flatMap(({ problem, targets }) => targets.map(({ key, count }) => [key, momentBytes(problem, count)])),
    );
    this.#store = store;
    this.#resident = resident;
  }

  /**
   * Both spaces of one problem. A sketch is the full space where no sketch was worth while. Let go of the spaces soon: they
   * may have been read back from disk.
   */
  async pair(problem: ProjectionProblem, detail: Detail = 'full', signal?: AbortSignal): Promise<SpacePair> {
    const retain = await this.#space(problem, 'retain', detail, signal);
    const forget = await this.#space(problem, 'forget', detail, signal);
    return { retain, forget };
  }

  async #space(problem: ProjectionProblem, side: Side, detail: Detail, signal?: AbortSignal): Promise<Space> {
    const wanted = keyOf(problem, side, detail);
    const key = this.#sizes.has(wanted) ? wanted : keyOf(problem, side, 'full');
    const read = () => this.#store.get(key, signal);
    const moments = this.#resident
      ? await read()
      : await this.cache.get(`moments/${key}`, read, () => this.#sizes.get(key)!);
    return new Space(problem, moments, this.cache, key);
  }

  /** Frees the memory and removes the scratch file. */
  async dispose(): Promise<void> {
    this.cache.clear();
    await this.#store.dispose();
  }
}
