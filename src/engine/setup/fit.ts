import { LetheError } from '../../base/errors.js';
import type { Dataset, RawBatch } from '../../data/dataset.js';
import { toTensor } from '../../data/preprocess.js';
import { checkLabels } from '../../data/stored/labels.js';
import type { InputSpec } from '../../models/classifier.js';
import { parseConfig } from '../../project/config.js';
import { CONFIG_NAME } from '../../project/home.js';
import { completeSettings } from '../open/inputSettings.js';
import { channelStatistics, type Statistics } from './statistics.js';

/** The model that data has to fit. */
export interface Target {
  readonly model: string;
  readonly input: InputSpec;
  readonly classCount: number | null;
}

/** Statistics of samples as the model is fed them, with values from 0 to 1. @throws LetheError that says why they do not fit. */
export async function checkInput(target: Target, raw: RawBatch, input: object): Promise<Statistics> {
  const config = await parseConfig(CONFIG_NAME, JSON.stringify({ input }));
  const settings = completeSettings(target.input, config, target.model);
  const tensor = toTensor(raw, settings);
  const wanted = target.input.dims.slice(1);
  const given = tensor.dims.slice(1);
  if (wanted.length !== given.length || wanted.some((dim, axis) => dim !== null && dim !== given[axis])) {
    throw new LetheError('image-size', {
      message: `samples become ${given.join(' x ')}, the model takes ${wanted.map((dim) => dim ?? '?').join(' x ')}`,
    });
  }
  return channelStatistics(tensor, settings.layout);
}

/** @throws LetheError that says why the labels can't be those of the model's outputs. */
export function checkClasses({ classCount }: Target, dataset: Dataset): void {
  if (classCount === null) return;
  const { classes } = dataset;
  if (classes && classes.length !== classCount) {
    const shown = classes.length > 4 ? [...classes.slice(0, 3), '...'] : classes;
    throw new LetheError('class-count-mismatch', {
      message: `has ${classes.length} classes (${shown.join(', ')}), the model has ${classCount} outputs`,
    });
  }
  checkLabels(dataset, classCount);
}
