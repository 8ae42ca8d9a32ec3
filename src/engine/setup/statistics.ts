import type { InputSettings } from '../../data/preprocess.js';
import type { Tensor } from '../../linalg/tensor.js';

/** Mean and standard deviation, one for each channel, or one for all where there are no channels. */
export interface Statistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Statistics of what the model is fed. Rows of numbers count as one channel. */
export function channelStatistics({ dims, data }: Tensor, layout: InputSettings['layout']): Statistics {
  const channels = layout === 'nchw' ? dims[1] : layout === 'nhwc' ? dims[3] : 1;
  return statisticsBy(data, channels, channelOf(layout, channels, layout === 'nchw' ? dims[2] * dims[3] : 1));
}

/** Statistics of every column of rows of numbers. */
export function columnStatistics({ dims, data }: Tensor): Statistics {
  const width = dims[dims.length - 1];
  return statisticsBy(data, width, (at) => at % width);
}

function channelOf(layout: InputSettings['layout'], channels: number, pixels: number): (at: number) => number {
  if (layout === 'nchw') return (at) => Math.floor(at / pixels) % channels;
  return layout === 'nhwc' ? (at) => at % channels : () => 0;
}

function statisticsBy(data: Float32Array, groups: number, groupOf: (at: number) => number): Statistics {
  const count = data.length / groups;
  const mean = new Array<number>(groups).fill(0);
  for (let at = 0; at < data.length; at++) mean[groupOf(at)] += data[at] / count;
  const variance = new Array<number>(groups).fill(0);
  for (let at = 0; at < data.length; at++) variance[groupOf(at)] += (data[at] - mean[groupOf(at)]) ** 2 / count;
  // A constant channel is left at its scale.
  return { mean: mean.map(rounded), std: variance.map((value) => rounded(Math.sqrt(value)) || 1) };
}

/** To three digits that count, as people write them; small means to the thousandth. */
function rounded(value: number): number {
  return Math.abs(value) < 1 ? Math.round(value * 1000) / 1000 : Number(value.toPrecision(4));
}
