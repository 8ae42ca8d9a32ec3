import { LetheError } from '../base/errors.js';
import type { Work } from '../contract/progress.js';
import { RUN_SETTINGS } from '../contract/settings.js';
import { memoryText } from '../contract/text.js';
import { accumulatorBytes, accumulatorFor } from './accumulator.js';
import { ByteCache } from './cache.js';
import { momentBytes } from './moment.js';
import { Space } from './space.js';
import { MemoryStore, type MomentStore, ScratchStore } from './store.js';
import type { ActivationStream, ProjectionProblem, Side } from './stream.js';

export interface CollectOptions extends Work {
  /** Bytes that moments and what is derived from them may take together, roughly; default 2 GiB. */
  readonly memory?: number;
  /** Which part that is of what the user allowed, for messages; default all of it. */
  readonly share?: number;
  /** Folder for the scratch file that is used when the moments exceed the memory; default the system's. */
  readonly scratch?: string;
}

export interface SpacePair {
  readonly retain: Space;
  readonly forget: Space;
}

const SIDES: readonly Side[] = ['retain', 'forget'];

/** One problem's vectors on one side, whose moment is to be collected. */
interface Source {
  readonly problem: ProjectionProblem;
  readonly side: Side;
  readonly count: number;
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
  const sources = SIDES.flatMap((side) =>
    problems.map((problem): Source => ({ problem, side, count: stream.count(side, problem.id) })),
  );
  const peak = sources.reduce((sum, source) => sum + accumulatorBytes(source.problem, source.count), 0);
  // A quarter is left for factors, one of which is about as large as its moment.
  const fits = peak <= 0.75 * memory;
  const passes = fits
    ? SIDES.map((side) => sources.filter((source) => source.side === side))
    : passesOver(sources, memory, options.share);
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
  const finished = sources.reduce((sum, source) => sum + momentBytes(source.problem, source.count), 0);
  return new SpaceSet(problems, sources, store, new ByteCache(fits ? memory - finished : memory / 2), fits);
}

function keyOf({ problem, side }: Pick<Source, 'problem' | 'side'>): string {
  return `${side}/${problem.id}`;
}

/** Cuts the sources, which are sorted by side, into passes over one side that fit into half of the memory. */
function passesOver(sources: readonly Source[], memory: number, share = 1): Source[][] {
  const passes: Source[][] = [];
  let used = 0;
  for (const source of sources) {
    const bytes = accumulatorBytes(source.problem, source.count);
    // To apply a pair of spaces takes both moments and a factor.
    if (bytes > memory / 3) throw tooLarge(source, bytes, memory, share);
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

function tooLarge({ problem, side, count }: Source, bytes: number, memory: number, share: number): LetheError {
  return new LetheError('out-of-memory', {
    message: `the ${side} space of ${count} vectors of length ${problem.in} takes ${memoryText(bytes, 'up')}, with a budget of ${memoryText(memory, 'up')}`,
    place: `layer "${problem.id}"`,
    hint: `Allow at least ${memoryText((3 * bytes) / share, 'up')} in all, use fewer vectors (--max-patches), or leave the layer out (--layers).`,
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
  const accumulators = new Map(
    sources.map(({ problem, count }) => [problem.id, accumulatorFor(problem, count)] as const),
  );
  for await (const { problem, vectors } of stream.vectors(sources[0].side, [...accumulators.keys()], signal)) {
    await accumulators.get(problem)!.add(vectors, signal);
  }
  for (const source of sources) {
    const { id } = source.problem;
    await store.put(keyOf(source), await accumulators.get(id)!.finish(signal), signal);
    onFinished(source);
    accumulators.delete(id);
  }
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
    this.#sizes = new Map(sources.map((source) => [keyOf(source), momentBytes(source.problem, source.count)]));
    this.#store = store;
    this.#resident = resident;
  }

  /** Both spaces of one problem. Let go of them soon: they may have been read back from disk. */
  async pair(problem: ProjectionProblem, signal?: AbortSignal): Promise<SpacePair> {
    const retain = await this.#space(keyOf({ problem, side: 'retain' }), problem, signal);
    const forget = await this.#space(keyOf({ problem, side: 'forget' }), problem, signal);
    return { retain, forget };
  }

  async #space(key: string, problem: ProjectionProblem, signal?: AbortSignal): Promise<Space> {
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
