import { stat } from 'node:fs/promises';
import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import { fileError } from '../../base/files.js';
import { asUnit, type Work } from '../../contract/progress.js';
import type { DataCandidate, FindDataRequest, FindDataResult } from '../../contract/setup.js';
import { inspectModel } from '../../models/registry.js';
import { type AnySource, pathsOf, withPaths } from '../../project/sourcePaths.js';
import { classNamesIn } from '../setup/classFile.js';
import { cifarBatches } from '../setup/finders/cifarBatches.js';
import { classFolders } from '../setup/finders/classFolders.js';
import { csvTables } from '../setup/finders/csvTables.js';
import { idxPairs } from '../setup/finders/idxPairs.js';
import { npzArrays } from '../setup/finders/npzArrays.js';
import type { Finder, Finding } from '../setup/finding.js';
import type { Target } from '../setup/fit.js';
import { isWithin, portablePath, type SetupHomes, setupHomes } from '../setup/homes.js';
import { type OpenedData, openFinding } from '../setup/openedData.js';
import { splitOfPath } from '../setup/splitName.js';
import { type FolderListing, Walk } from '../setup/walk.js';

/** What data may look like. */
const FINDERS: readonly Finder[] = [idxPairs, classFolders, cifarBatches, npzArrays, csvTables];
/** Findings that are opened: a workspace may be full of tables. */
const MOST_FINDINGS = 60;
/** Milliseconds after which the search ends with what it has. */
const LONGEST = 60_000;

/**
 * Looks for labelled data near a model, in the model's folder and below first, then in the folders above up to the root.
 * @throws LetheError for what is wrong with the model; `file-missing` if `at` does not exist; `cancelled`.
 */
export async function findData(request: FindDataRequest, work: Work = {}): Promise<FindDataResult> {
  const { files, input, classCount } = await inspectModel(request.model);
  const model = path.resolve(files[0].path);
  const homes = await setupHomes(model, request.root);
  const search = new Search({ model, input, classCount }, homes, request, work);
  await search.run(model);
  return {
    folder: homes.folder,
    above: homes.above,
    input,
    classCount,
    candidates: search.candidates(),
    truncated: search.truncated,
    classFile: search.classFile,
  };
}

class Search {
  truncated = false;
  classFile: FindDataResult['classFile'] = null;
  readonly #target: Target;
  readonly #homes: SetupHomes;
  readonly #request: FindDataRequest;
  /** As the caller's, but that it also ends when the time is up. */
  readonly #work: Work;
  readonly #caller: Work;
  readonly #found: OpenedData[] = [];

  constructor(target: Target, homes: SetupHomes, request: FindDataRequest, work: Work) {
    this.#target = target;
    this.#homes = homes;
    this.#request = request;
    this.#caller = work;
    const limit = AbortSignal.timeout(LONGEST);
    const signal = work.signal ? AbortSignal.any([work.signal, limit]) : limit;
    this.#work = { signal, onProgress: work.onProgress };
  }

  async run(model: string): Promise<void> {
    try {
      const findings = await this.#look(path.dirname(model));
      for (const [done, finding] of findings.entries()) {
        const detail = path.basename(finding.files[0]);
        const unit = { phase: 'open', done, total: findings.length, detail } as const;
        this.#work.onProgress?.(unit);
        this.#found.push(await openFinding(finding, this.#target, asUnit(this.#work, unit)));
      }
      await this.#openTestFolders();
    } catch (error) {
      const isTimeUp = error instanceof LetheError && error.code === 'cancelled' && !this.#caller.signal?.aborted;
      if (!isTimeUp) throw error;
      this.truncated = true;
    }
  }

  /** Those that fit first, else as near as they were found. */
  candidates(): DataCandidate[] {
    return this.#found
      .map((candidate) => this.#describe(candidate))
      .sort((a, b) => Number(a.problem !== null) - Number(b.problem !== null));
  }

  async #look(folder: string): Promise<Finding[]> {
    const { at } = this.#request;
    if (at !== undefined) return this.#lookAt(path.resolve(at));
    const walk = new Walk(this.#homes.root, this.#work.signal);
    const findings: Finding[] = [];
    for await (const listing of walk.from(folder)) {
      this.#work.onProgress?.({ phase: 'folders', done: 0, total: 1, detail: listing.folder });
      findings.push(...(await this.#findIn(listing, walk)));
      await this.#lookForClasses(listing);
      if (findings.length < MOST_FINDINGS) continue;
      this.truncated = true;
      break;
    }
    this.truncated ||= walk.truncated;
    return findings;
  }

  /** The one file or folder that the user chose. */
  async #lookAt(at: string): Promise<Finding[]> {
    const facts = await stat(at).catch((error) => {
      throw fileError(error, at);
    });
    const folder = facts.isDirectory() ? at : path.dirname(at);
    const walk = new Walk(folder, this.#work.signal);
    const findings: Finding[] = [];
    for await (const listing of walk.from(folder)) {
      const found = await this.#findIn(listing, walk);
      if (!facts.isDirectory()) return found.filter(({ files }) => files.includes(at));
      findings.push(...found);
      if (findings.length >= MOST_FINDINGS) break;
    }
    return findings;
  }

  async #findIn(listing: FolderListing, walk: Walk): Promise<Finding[]> {
    const { input, classCount } = this.#target;
    const findings: Finding[] = [];
    for (const finder of FINDERS) {
      findings.push(...(await finder(listing, { walk, input, classCount, signal: this.#work.signal })));
    }
    return findings;
  }

  async #lookForClasses({ folder, files }: FolderListing): Promise<void> {
    const { classCount } = this.#target;
    if (this.classFile || classCount === null || !this.#isInReach(folder)) return;
    for (const name of files) {
      const file = path.join(folder, name);
      const classes = await classNamesIn(file, classCount);
      if (!classes) continue;
      this.classFile = { path: portablePath(this.#homes.folder, file), classes };
      return;
    }
  }

  /** Test data may lack a class: with the classes of the training data beside it, its labels are right all the same. */
  async #openTestFolders(): Promise<void> {
    for (const [at, candidate] of this.#found.entries()) {
      const { classes, finding, problem } = candidate;
      if (problem === null || !classes) continue;
      const sibling = this.#found.find(
        (other) =>
          other.problem === null &&
          other.source.format === candidate.source.format &&
          path.dirname(other.finding.files[0]) === path.dirname(finding.files[0]) &&
          classes.every((name) => other.classes?.includes(name)),
      );
      if (!sibling) continue;
      const unit = { phase: 'open', done: at, total: this.#found.length } as const;
      this.#found[at] = await openFinding(finding, this.#target, asUnit(this.#work, unit), sibling.classes!);
    }
  }

  #describe({ finding, source, statistics, ...facts }: OpenedData): DataCandidate {
    const { folder, root } = this.#homes;
    const split = finding.split ?? splitOfPath(finding.files[0], root);
    const isInReach = pathsOf(source).every((location) => this.#isInReach(location));
    return {
      title: finding.title,
      detail: namesOf(finding.files.map((file) => portablePath(folder, file))),
      split,
      source: withPaths(withoutDefaults(source), (location) => portablePath(folder, location)),
      ...facts,
      statistics: facts.problem === null ? statistics : null,
      problem: facts.problem ?? (isInReach ? null : 'lies outside of the folder of lethe.json'),
    };
  }

  /** Whether a `lethe.json` of the model may name this. */
  #isInReach(target: string): boolean {
    const { folder, above } = this.#homes;
    return Boolean(this.#request.allowOutside) || isWithin(above ?? folder, target);
  }
}

/** Settings that are as the format has them anyway need not be written down. */
function withoutDefaults(source: AnySource): AnySource {
  const { delimiter, interpolation, ...rest } = source;
  return {
    ...rest,
    ...(delimiter !== undefined && delimiter !== ',' && { delimiter }),
    ...(interpolation !== undefined && interpolation !== 'bilinear' && { interpolation }),
  };
}

const MOST_NAMES = 3;

function namesOf(files: readonly string[]): string {
  if (files.length <= MOST_NAMES) return files.join(' + ');
  return `${files[0]} + ${files.length - 1} more`;
}
