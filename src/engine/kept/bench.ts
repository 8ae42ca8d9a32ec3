import type { Work } from '../../contract/progress.js';
import type { RunRecord } from '../../contract/records.js';
import type { AlphaPair, ModelRequest } from '../../contract/terms.js';
import type { Classifier } from '../../models/classifier.js';
import { Session } from '../open/session.js';
import { makeCandidate } from '../run/candidate.js';
import { recordedBasis } from '../run/recorded.js';
import { type FoundSpaces, findSpaces } from '../run/spaces.js';
import { type Lease, Slot } from './slot.js';
import { dataFilesOf, stampOf } from './stamp.js';

/** An opened model with its data, the spaces that one run found for it, and one model that was made of it: what jobs share. */
export class Bench {
  readonly session: Session;
  readonly #files: readonly string[];
  readonly #stamp: string;
  readonly #spaces = new Slot<FoundSpaces>(({ spaces }) => spaces.dispose());
  readonly #made = new Slot<Classifier>((classifier) => classifier.dispose());

  private constructor(session: Session, files: readonly string[], stamp: string) {
    this.session = session;
    this.#files = files;
    this.#stamp = stamp;
  }

  /** Call `dispose` when done. @throws LetheError as `Session.open`. */
  static async open(request: ModelRequest, work: Work): Promise<Bench> {
    const session = await Session.open(request, work);
    const { classifier, config } = session;
    const data = (['train', 'test'] as const).flatMap((name) => dataFilesOf(session.split(name)?.dataset));
    const files = [...classifier.files, config.file, ...(config.classFile ? [config.classFile] : []), ...data];
    return new Bench(session, files, await stampOf(files));
  }

  /** Whether all files are still those that were opened, told by sizes and times. */
  async isCurrent(): Promise<boolean> {
    return (await stampOf(this.#files)) === this.#stamp;
  }

  /** Takes the spaces of a run into its keeping: they are disposed of with everything else. */
  async keepSpaces(record: RunRecord, found: FoundSpaces): Promise<void> {
    const lease = await this.#spaces.lease(basisKey(record), async () => found);
    await lease.release();
  }

  /**
   * The spaces of a recorded run: those kept here, else collected again.
   * @throws LetheError as `recordedBasis` and `findSpaces`.
   */
  spacesOf(record: RunRecord, work: Work): Promise<Lease<FoundSpaces>> {
    return this.#spaces.lease(basisKey(record), async () => {
      return findSpaces(await recordedBasis(this.session, record, work), undefined, work);
    });
  }

  /** Whether this candidate can be had without collecting anything. */
  has(record: RunRecord, pair: AlphaPair): boolean {
    return this.#made.has(pairKey(record, pair)) || this.#spaces.has(basisKey(record));
  }

  /**
   * The model that a run makes with a pair of alphas: the one kept here, else made by `open`, else from the run's spaces.
   * @throws LetheError as `spacesOf`.
   */
  candidateOf(
    record: RunRecord,
    pair: AlphaPair,
    work: Work,
    open: () => Promise<Classifier | null> = async () => null,
  ): Promise<Lease<Classifier>> {
    return this.#made.lease(pairKey(record, pair), async () => {
      const opened = this.has(record, pair) ? null : await open();
      if (opened) return opened;
      const found = await this.spacesOf(record, work);
      try {
        return (await makeCandidate(found.value, pair, work)).classifier;
      } finally {
        await found.release();
      }
    });
  }

  async dispose(): Promise<void> {
    await this.#made.drop();
    await this.#spaces.drop();
    await this.session.close();
  }
}

/** What spaces depend on: the same for all candidates of a run, and for runs that differ in the pairs that they tried. */
function basisKey({ source, config, data, forget, earlier, settings }: RunRecord): string {
  const digests = [...source.files, ...(config ? [config] : []), ...data].map((file) => file.sha256);
  const { alphaR: _, alphaF: __, memory: ___, ...rest } = settings;
  return JSON.stringify([digests, forget, earlier, rest]);
}

function pairKey(record: RunRecord, { alphaR, alphaF }: AlphaPair): string {
  return `${basisKey(record)} ${alphaR} ${alphaF}`;
}
