import { ScratchFile } from '../base/scratchFile.js';
import type { Matrix } from '../linalg/matrix.js';
import type { Moment } from './moment.js';

/** Keeps finished moments: in memory, or in a scratch folder when they are too large. */
export interface MomentStore {
  put(key: string, moments: readonly Moment[], signal?: AbortSignal): Promise<void>;
  get(key: string, signal?: AbortSignal): Promise<readonly Moment[]>;
  dispose(): Promise<void>;
}

export class MemoryStore implements MomentStore {
  readonly #moments = new Map<string, readonly Moment[]>();

  async put(key: string, moments: readonly Moment[]): Promise<void> {
    this.#moments.set(key, moments);
  }

  async get(key: string): Promise<readonly Moment[]> {
    return this.#moments.get(key)!;
  }

  async dispose(): Promise<void> {
    this.#moments.clear();
  }
}

/** One file of float32 values, tile after tile; what belongs where is remembered, not written. */
export class ScratchStore implements MomentStore {
  readonly #file: ScratchFile;
  /** The moments without their values, and where those of their matrices begin in the file. */
  readonly #index = new Map<string, { readonly offsets: readonly number[]; readonly moments: readonly Moment[] }>();

  private constructor(file: ScratchFile) {
    this.#file = file;
  }

  /** @throws LetheError `disk-full`, `file-unwritable`. */
  static async create(parent?: string): Promise<ScratchStore> {
    return new ScratchStore(await ScratchFile.create(parent));
  }

  async put(key: string, moments: readonly Moment[], signal?: AbortSignal): Promise<void> {
    const offsets: number[] = [];
    for (const { data } of moments.flatMap(matricesOf)) offsets.push(await this.#file.append(data, signal));
    this.#index.set(key, { offsets, moments: moments.map((moment) => mapMatrices(moment, withoutValues)) });
  }

  async get(key: string, signal?: AbortSignal): Promise<readonly Moment[]> {
    const { offsets, moments } = this.#index.get(key)!;
    const filled = moments.map((moment) => mapMatrices(moment, withValues));
    for (const [at, { data }] of filled.flatMap(matricesOf).entries()) {
      await this.#file.fill(data, offsets[at], signal);
    }
    return filled;
  }

  async dispose(): Promise<void> {
    this.#index.clear();
    await this.#file.dispose();
  }
}

function matricesOf(moment: Moment): Matrix[] {
  if (moment.form === 'primal') return moment.second.lower.flat();
  return moment.form === 'dual' ? [...moment.gram.lower.flat(), ...moment.strips] : [];
}

/** The same moment around other matrices. */
function mapMatrices(moment: Moment, map: (matrix: Matrix) => Matrix): Moment {
  const tiles = <T extends { readonly lower: readonly (readonly Matrix[])[] }>(symmetric: T): T => ({
    ...symmetric,
    lower: symmetric.lower.map((row) => row.map(map)),
  });
  if (moment.form === 'primal') return { ...moment, second: tiles(moment.second) };
  if (moment.form === 'dual') return { ...moment, gram: tiles(moment.gram), strips: moment.strips.map(map) };
  return moment;
}

const withoutValues = ({ rows, cols }: Matrix): Matrix => ({ rows, cols, data: new Float32Array(0) });
const withValues = ({ rows, cols }: Matrix): Matrix => ({ rows, cols, data: new Float32Array(rows * cols) });
