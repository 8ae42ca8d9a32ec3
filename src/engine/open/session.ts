import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import type { ModelRequest, SplitName } from '../../contract/terms.js';
import { checkLabels } from '../../data/stored/labels.js';
import type { Classifier } from '../../models/classifier.js';
import { numberedClasses } from '../../project/classNames.js';
import type { ProjectConfig } from '../../project/config.js';
import { isCovered } from '../../project/coverage.js';
import type { ModelHome } from '../../project/home.js';
import { completeSettings } from './inputSettings.js';
import type { ModelLocation } from './location.js';
import type { SampleSet } from './samples.js';
import { dataConfig, openSplit, withData } from './splits.js';

/** An opened model with its `lethe.json` and its data: what every job but a look at the headers begins with. */
export class Session {
  readonly classifier: Classifier;
  readonly home: ModelHome;
  /** With an empty policy if it does not cover this model; see `isCovered`. */
  readonly config: ProjectConfig;
  readonly isCovered: boolean;
  /** Names in the order of the outputs: from `lethe.json`, else from the data, else numbers. */
  readonly classes: readonly string[];
  readonly #splits: Partial<Record<SplitName, SampleSet>>;

  private constructor(
    classifier: Classifier,
    home: ModelHome,
    config: ProjectConfig,
    splits: Partial<Record<SplitName, SampleSet>>,
  ) {
    this.classifier = classifier;
    this.home = home;
    this.isCovered = isCovered(config, classifier.path);
    this.config = this.isCovered ? config : { ...config, forget: [], protect: [] };
    this.#splits = splits;
    const named = Object.values(splits).find((split) => split.dataset.classes)?.dataset.classes;
    this.classes = config.classes ?? named ?? numberedClasses(classifier.classCount);
  }

  /**
   * Opens a model and the data that its `lethe.json` names. Call `close` when done.
   * @param draft a configuration to use instead of the one that lies there, if any does.
   * @throws LetheError for everything that can be wrong with the model, the configuration or the data.
   */
  static async open(
    { path: model, format, home }: ModelLocation,
    request: ModelRequest,
    work: Work = {},
    draft?: ProjectConfig,
  ): Promise<Session> {
    work.onProgress?.({ phase: 'load', done: 0, total: 3, detail: request.model });
    const config = draft ? withData(draft) : await dataConfig(home, request);
    const classifier = await format.open(model, { threads: request.threads, signal: work.signal });
    work.onProgress?.({ phase: 'load', done: 1, total: 3, detail: 'data' });
    const splits: Partial<Record<SplitName, SampleSet>> = {};
    try {
      checkClassCount(classifier, config.classes, config.classFile ?? config.file);
      const settings = completeSettings(classifier.input, config, model);
      for (const name of ['train', 'test'] as const) {
        const split = await openSplit(config, name, settings, splits.train?.dataset.classes, work);
        if (!split) continue;
        splits[name] = split;
        if (!config.classes) checkClassCount(classifier, split.dataset.classes, config.file);
        checkLabels(split.dataset, classifier.classCount);
      }
      work.onProgress?.({ phase: 'load', done: 3, total: 3 });
      return new Session(classifier, home, config, splits);
    } catch (error) {
      await closeAll(classifier, splits);
      throw error;
    }
  }

  /** The samples of a split, undefined if `lethe.json` names none. */
  split(name: SplitName): SampleSet | undefined {
    return this.#splits[name];
  }

  async close(): Promise<void> {
    await closeAll(this.classifier, this.#splits);
  }
}

function checkClassCount(classifier: Classifier, names: readonly string[] | null | undefined, file: string): void {
  if (!names || names.length === classifier.classCount) return;
  throw new LetheError('class-count-mismatch', {
    message: `names ${names.length} classes, but ${classifier.path} has ${classifier.classCount} outputs`,
    file,
    hint: 'List one name for each output of the model, in order.',
  });
}

async function closeAll(classifier: Classifier, splits: Partial<Record<SplitName, SampleSet>>): Promise<void> {
  await Promise.all(Object.values(splits).map((split) => split.dataset.close()));
  await classifier.dispose();
}
