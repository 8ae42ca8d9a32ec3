import { stat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import type { ModelFormat } from '../../models/classifier.js';
import { detectFormat } from '../../models/registry.js';
import { loadConfig } from '../../project/config.js';
import { isCovered } from '../../project/coverage.js';
import { findHome } from '../../project/home.js';
import { lookUp, type ModelHistory } from '../records/history.js';
import { Records, type Trace } from '../records/traces.js';
import type { ConfigLook, ModelLook } from './modelLook.js';
import { forgetEntries } from './policy.js';
import { judge } from './state.js';

export interface LookOptions {
  /** The `lethe.json` of all models; default the one beside each. */
  readonly config?: string;
  readonly allowOutside?: boolean;
  /** Reads nothing but the models' headers. */
  readonly headersOnly?: boolean;
}

const NOTHING: ModelHistory = { writtenBy: null, supersededBy: null, measured: null, changedSince: null };

/** Looks at models; what they share (records, `lethe.json`) is read once. */
export class Looker {
  readonly #options: LookOptions;
  readonly #configs = new Map<string, Promise<ConfigLook>>();
  #records = new Records();

  constructor(options: LookOptions = {}) {
    this.#options = options;
  }

  /** Forgets what the records said, for another look after one was written. */
  refresh(): void {
    this.#records = new Records();
  }

  /** Never throws for what is wrong with the model, its `lethe.json` or the records. @throws LetheError `cancelled`. */
  async look(asked: string, work: Work = {}): Promise<ModelLook> {
    throwIfAborted(work.signal);
    const found = await findModel(path.resolve(asked));
    const { model } = found;
    if (this.#options.headersOnly) {
      const about = { asked, ...found };
      const known = { config: null, isCovered: false, history: NOTHING, brokenRecords: [], classes: null, policy: [] };
      const { state, detail } = judge({ ...about, ...known });
      return { ...about, ...known, state, detail: state === 'unknown' ? 'only its headers were read' : detail };
    }
    const home = await findHome(model, this.#options.config);
    const config = home.config === null ? null : await this.config(home.config);
    const { traces, broken } = await this.#records.of(home);
    const { history, ...read } = await withHistory(found, traces, work);
    const about = { asked, ...read };
    const measuredNames = history.measured?.perClass.map((entry) => entry.class);
    const classes = config?.config?.classes ?? measuredNames ?? null;
    const covered = config?.config ? isCovered(config.config, model) : false;
    const policy = covered && config?.config && !history.supersededBy ? forgetEntries(config.config, classes) : [];
    const known = { config, isCovered: covered, history, brokenRecords: broken, classes, policy };
    return { ...about, ...known, ...judge({ ...about, ...known }) };
  }

  /** Reads a `lethe.json`. */
  config(file: string): Promise<ConfigLook> {
    const key = path.resolve(file);
    const known = this.#configs.get(key) ?? readConfig(key, this.#options);
    this.#configs.set(key, known);
    return known;
  }
}

/** Adds what the records say; a file that can't be read for its digest is a fault like any other. */
async function withHistory(
  found: Found,
  traces: readonly Trace[],
  work: Work,
): Promise<Found & { history: ModelHistory }> {
  if (!found.facts) return { ...found, history: NOTHING };
  try {
    return { ...found, history: await lookUp(traces, found.facts.files, work) };
  } catch (error) {
    if (error instanceof LetheError && error.code === 'cancelled') throw error;
    return { ...found, facts: null, faults: [error], history: NOTHING };
  }
}

async function readConfig(file: string, options: LookOptions): Promise<ConfigLook> {
  try {
    return { file, config: await loadConfig(file, options), error: null };
  } catch (error) {
    return { file, config: null, error };
  }
}

type Found = Pick<ModelLook, 'model' | 'format' | 'bytes' | 'facts' | 'faults'>;

async function findModel(target: string): Promise<Found> {
  let model = target;
  let format: ModelFormat | null = null;
  try {
    ({ path: model, format } = await detectFormat(target));
    const facts = await format.inspect(model);
    const bytes = facts.files.reduce((sum, file) => sum + file.bytes, 0);
    return { model, format, bytes, facts, faults: [] };
  } catch (error) {
    if (error instanceof LetheError && error.file !== undefined && format === null) model = path.resolve(error.file);
    const bytes = await stat(model).then(
      (facts) => (facts.isFile() ? facts.size : 0),
      () => 0,
    );
    return { model, format, bytes, facts: null, faults: [error] };
  }
}
