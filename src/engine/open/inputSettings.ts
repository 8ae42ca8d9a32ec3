import { LetheError } from '../../base/errors.js';
import type { InputOptions, InputSettings } from '../../data/preprocess.js';
import type { InputSpec } from '../../models/classifier.js';
import type { ProjectConfig } from '../../project/config.js';

/**
 * What the model is to be fed: what `lethe.json` says, completed by what the model's file tells.
 * @throws LetheError `config-invalid` if the two contradict, or neither tells the layout; `model-unsupported` for inputs that
 *   are neither images nor rows of numbers.
 */
export function completeSettings(input: InputSpec, config: ProjectConfig, model: string): InputSettings {
  const written: Partial<InputOptions> = config.input ?? {};
  const layout = written.layout ?? (input.layout === 'unknown' ? undefined : input.layout);
  if (layout === undefined) {
    throw config.fault(
      ['input', 'layout'],
      `${model} does not tell the layout of its input`,
      'Add "layout": "nchw", "nhwc" or "features" under "input".',
    );
  }
  const rank = layout === 'features' ? 2 : 4;
  if (input.dims.length !== rank) {
    throw new LetheError('model-unsupported', {
      message: `takes an input of ${input.dims.length} axes [${input.dims.map((dim) => dim ?? '?').join(', ')}], not ${rank} as layout "${layout}" has`,
      file: model,
      place: `input "${input.name}"`,
      hint: 'Lethe feeds images (4 axes) and rows of numbers (2 axes); check "layout" under "input" in lethe.json.',
    });
  }
  if (layout === 'features') return { ...written, layout };
  const [height, width, channels] = layout === 'nchw' ? [2, 3, 1].map(at) : [1, 2, 3].map(at);
  function at(axis: number): number | undefined {
    return input.dims[axis] ?? undefined;
  }
  const size = written.size ?? (height && width ? ([height, width] as [number, number]) : undefined);
  if (size && ((height && size[0] !== height) || (width && size[1] !== width))) {
    throw config.fault(
      ['input', 'size'],
      `is ${size.join(' x ')}, but ${model} takes ${height ?? '?'} x ${width ?? '?'}`,
      'Write the size that the model takes, or leave it out.',
    );
  }
  if (written.channels && channels && written.channels !== channels) {
    throw config.fault(
      ['input', 'channels'],
      `is ${written.channels}, but ${model} takes ${channels}`,
      'Write the number of channels that the model takes, or leave it out.',
    );
  }
  return { ...written, layout, size, channels: written.channels ?? channels };
}
