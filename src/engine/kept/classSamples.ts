import path from 'node:path';
import type { Work } from '../../contract/progress.js';
import type { ModelRequest } from '../../contract/terms.js';
import type { Dataset } from '../../data/dataset.js';
import { completeSettings } from '../open/inputSettings.js';
import { locateModel, type ModelLocation } from '../open/location.js';
import { dataConfig, openSplit } from '../open/splits.js';
import { Keeper } from './keeper.js';
import type { Lease } from './slot.js';
import { dataFilesOf, stampOf } from './stamp.js';

/** The data that a model's accuracies are measured on, opened without the model, sample by sample of each class. */
export class ClassSamples {
  readonly dataset: Dataset;
  /** The samples of each class, in their order. */
  readonly byClass: ReadonlyMap<number, readonly number[]>;
  readonly #files: readonly string[];
  readonly #stamp: string;

  private constructor(dataset: Dataset, files: readonly string[], stamp: string) {
    this.dataset = dataset;
    this.#files = files;
    this.#stamp = stamp;
    const byClass = new Map<number, number[]>();
    for (const [index, label] of dataset.labels.entries()) {
      const known = byClass.get(label);
      if (known) known.push(index);
      else byClass.set(label, [index]);
    }
    this.byClass = byClass;
  }

  /** @throws LetheError for everything that can be wrong with the model's headers, the configuration or the data. */
  static async open(
    { path: model, format, home }: ModelLocation,
    request: ModelRequest,
    work: Work,
  ): Promise<ClassSamples> {
    const config = await dataConfig(home, request);
    const facts = await format.inspect(model);
    const input = completeSettings(facts.input, config, model);
    let classes: readonly string[] | undefined;
    if (!config.classes && config.data?.test) {
      const train = await openSplit(config, 'train', input, undefined, work);
      classes = train?.dataset.classes;
      await train?.dataset.close();
    }
    const split = config.data?.test ? 'test' : 'train';
    const { dataset } = (await openSplit(config, split, input, classes, work))!;
    const files = [config.file, ...(config.classFile ? [config.classFile] : []), ...dataFilesOf(dataset)];
    return new ClassSamples(dataset, files, await stampOf(files));
  }

  /** Whether all files are still those that were opened. */
  async isCurrent(): Promise<boolean> {
    return (await stampOf(this.#files)) === this.#stamp;
  }

  async dispose(): Promise<void> {
    await this.dataset.close();
  }
}

/** One at most: a data set that is packed is held in memory, or in a scratch file. */
const kept = new Keeper<ClassSamples>();

/** @throws LetheError as `ClassSamples.open`. */
export async function leaseClassSamples(request: ModelRequest, work: Work): Promise<Lease<ClassSamples>> {
  const location = await locateModel(request);
  const key = JSON.stringify([path.resolve(location.path), location.home.config, request.allowOutside ?? false]);
  return kept.lease(key, () => ClassSamples.open(location, request, work));
}
