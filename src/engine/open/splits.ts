import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import type { ModelRequest, SplitName } from '../../contract/terms.js';
import { openDataset } from '../../data/open.js';
import type { InputSettings } from '../../data/preprocess.js';
import { loadConfig, type ProjectConfig } from '../../project/config.js';
import { CONFIG_NAME, type ModelHome } from '../../project/home.js';
import type { SampleSet } from './samples.js';

/** Loads a model's `lethe.json`, which must name samples. @throws ConfigError; LetheError `samples-missing` if there is none. */
export async function dataConfig(home: ModelHome, request: ModelRequest): Promise<ProjectConfig> {
  if (home.config !== null) return withData(await loadConfig(home.config, request));
  throw new LetheError('samples-missing', {
    message: `there is no ${CONFIG_NAME} beside it that says where samples are`,
    file: request.model,
    hint: `Write a ${CONFIG_NAME} beside the model (README, "Your own model"), or name another one (--config).`,
  });
}

/** The same configuration. @throws ConfigError if it names no samples. */
export function withData(config: ProjectConfig): ProjectConfig {
  if (config.data?.train || config.data?.test) return config;
  throw config.fault(['data'], 'no samples are named', 'Add "data" with a "train" and a "test" entry.');
}

/**
 * Opens the data of a split, all of its samples; undefined if `lethe.json` names none. Close the data set when done.
 * @param classes the classes of the split that was opened before: the test folders mean the same as the training folders, though
 *   some may be missing there.
 * @throws LetheError for everything that can be wrong with the data.
 */
export async function openSplit(
  config: ProjectConfig,
  split: SplitName,
  input: InputSettings,
  classes: readonly string[] | undefined,
  work: Work,
): Promise<SampleSet | undefined> {
  const source = config.data?.[split];
  if (!source) return undefined;
  throwIfAborted(work.signal);
  const known = config.classes ?? classes;
  const dataset = await openDataset(source, { baseDir: config.folder, classes: known, input, ...work });
  return { dataset, input, indices: Array.from({ length: dataset.size }, (_, index) => index) };
}
