import type { Recipe } from '../../contract/candidates.js';
import { canonicalJson } from '../../contract/canonical.js';
import type { Work } from '../../contract/progress.js';
import { candidateId } from '../../contract/recipes.js';
import type { RunRecord } from '../../contract/records.js';
import type { ModelRequest } from '../../contract/terms.js';
import type { Classifier } from '../../models/classifier.js';
import type { ModelLocation } from '../open/location.js';
import { Session } from '../open/session.js';
import { makeCandidate } from '../run/candidate.js';
import type { CandidateSource } from '../run/method.js';
import { METHODS } from '../run/methods.js';
import { recordedBasis } from '../run/recorded.js';
import { type Lease, Slot } from './slot.js';
import { dataFilesOf, stampOf } from './stamp.js';

/** An opened model with its data, what one run has found out about it, and one model that was made of it: what jobs share. */
export class LoadedModel {
  readonly session: Session;
  readonly #files: readonly string[];
  readonly #stamp: string;
  readonly #source = new Slot<CandidateSource>((source) => source.dispose());
  readonly #made = new Slot<Classifier>((classifier) => classifier.dispose());

  private constructor(session: Session, files: readonly string[], stamp: string) {
    this.session = session;
    this.#files = files;
    this.#stamp = stamp;
  }

  /** Call `dispose` when done. @throws LetheError as `Session.open`. */
  static async open(location: ModelLocation, request: ModelRequest, work: Work): Promise<LoadedModel> {
    const session = await Session.open(location, request, work);
    const { classifier, config } = session;
    const data = (['train', 'test'] as const).flatMap((name) => dataFilesOf(session.split(name)?.dataset));
    const files = [...classifier.files, config.file, ...(config.classFile ? [config.classFile] : []), ...data];
    return new LoadedModel(session, files, await stampOf(files));
  }

  /** Whether all files are still those that were opened, told by sizes and times. */
  async isCurrent(): Promise<boolean> {
    return (await stampOf(this.#files)) === this.#stamp;
  }

  /** Takes what a run has found out into its keeping: it is disposed of with everything else. */
  async keepSource(record: RunRecord, source: CandidateSource): Promise<void> {
    const lease = await this.#source.lease(basisKey(record), async () => source);
    await lease.release();
  }

  /**
   * What the candidates of a recorded run are made from: what is kept here, else found out again.
   * @throws LetheError as `recordedBasis` and `Method.prepare`.
   */
  sourceOf(record: RunRecord, work: Work): Promise<Lease<CandidateSource>> {
    return this.#source.lease(basisKey(record), async () => {
      const basis = await recordedBasis(this.session, record, work);
      return METHODS[record.settings.method].prepare(basis, basis.samples.fitted, work);
    });
  }

  /** Whether this candidate can be had without running samples again. */
  has(record: RunRecord, recipe: Recipe): boolean {
    return this.#made.has(candidateKey(record, recipe)) || this.#source.has(basisKey(record));
  }

  /**
   * The model that a run makes after a recipe: the one kept here, else made by `open`, else from what the run has found out.
   * @throws LetheError as `sourceOf`.
   */
  candidateClassifier(
    record: RunRecord,
    recipe: Recipe,
    work: Work,
    open: () => Promise<Classifier | null> = async () => null,
  ): Promise<Lease<Classifier>> {
    return this.#made.lease(candidateKey(record, recipe), async () => {
      const opened = this.has(record, recipe) ? null : await open();
      if (opened) return opened;
      const source = await this.sourceOf(record, work);
      try {
        return await makeCandidate(source.value, recipe, work);
      } finally {
        await source.release();
      }
    });
  }

  /** Lets go of what runs have left, for a job that needs the memory. */
  async clear(): Promise<void> {
    await this.#made.drop();
    await this.#source.drop();
  }

  async dispose(): Promise<void> {
    await this.clear();
    await this.session.close();
  }
}

/**
 * What spaces depend on: the same for all candidates of a run, and for runs that differ in what they tried and which they chose.
 * A record that was read names things in another order than the run that has just ended.
 */
function basisKey({ source, config, data, forget, earlier, settings }: RunRecord): string {
  const digests = [...source.files, ...(config ? [config] : []), ...data].map((file) => file.sha256);
  const { alphaR, alphaF, depth, tolerance, memory, ...rest } = settings;
  return canonicalJson([digests, forget, earlier, rest]);
}

function candidateKey(record: RunRecord, recipe: Recipe): string {
  return `${basisKey(record)} ${candidateId(recipe)}`;
}
