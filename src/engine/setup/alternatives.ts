import type { InputOptions, InputSettings } from '../../data/preprocess.js';
import type { Statistics } from './statistics.js';

/** How values are scaled on their way into the model; what is left out is the default. */
export type Scaling = Partial<Pick<InputOptions, 'range' | 'mean' | 'std' | 'channelOrder'>>;

export interface Alternative {
  readonly title: string;
  readonly input: Scaling;
}

/** What is known of the samples, from 0 to 1 and in RGB order. */
export interface Known {
  readonly channels: number;
  readonly statistics: Statistics;
  /** Of every column, where samples are rows of few numbers. */
  readonly columns: Statistics | null;
}

type Range = [number, number];

const RANGES: readonly Range[] = [
  [0, 1],
  [0, 255],
  [-1, 1],
];
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
/** What networks from Caffe, and Keras' VGG and ResNet, subtract from BGR values of 0..255. */
const CAFFE: Scaling = { range: [0, 255], mean: [103.939, 116.779, 123.68], channelOrder: 'bgr' };

/** Usual ways to scale samples, those left out that come to the same as the draft or as one before. */
export function alternatives(draft: InputSettings, known: Known): Alternative[] {
  const seen = new Set([effect(draft, known.channels)]);
  return candidates(draft, known).filter(({ input }) => {
    const key = effect(input, known.channels);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function candidates(draft: InputSettings, { channels, statistics, columns }: Known): Alternative[] {
  const own = { mean: list(statistics.mean), std: list(statistics.std) };
  const scalings: Alternative[] = RANGES.map((range) => ({ title: rangeTitle(range), input: { range } }));
  if (draft.mean !== undefined || draft.std !== undefined) {
    const { mean, std } = draft;
    for (const range of RANGES) {
      scalings.push({ title: `${rangeTitle(range)} with the same mean and std`, input: { range, mean, std } });
    }
  }
  scalings.push({ title: 'mean and std of the data', input: own });
  if (columns) {
    scalings.push({ title: 'mean and std of each column', input: { mean: [...columns.mean], std: [...columns.std] } });
  }
  if (channels !== 3) return scalings.map(tidy);
  scalings.push({ title: 'mean and std of ImageNet', input: IMAGENET });
  const inRgb = scalings.map(({ title, input }) => ({ title: `${title}, RGB`, input: { ...input } }));
  const inBgr = scalings.map(({ title, input }) => ({ title: `${title}, BGR`, input: reversed(input, draft) }));
  return [...inRgb, { title: 'values 0..255 less the mean of ImageNet, BGR', input: CAFFE }, ...inBgr].map(tidy);
}

function rangeTitle([low, high]: readonly number[]): string {
  return `values ${low}..${high}`;
}

/** The same in BGR: mean and std follow the order, but for the draft's own, which may be written for this order already. */
function reversed(input: Scaling, draft: InputSettings): Scaling {
  const turn = (value: Scaling['mean']) => (Array.isArray(value) ? [...value].reverse() : value);
  const isDrafts = input.mean !== undefined && input.mean === draft.mean;
  return isDrafts
    ? { ...input, channelOrder: 'bgr' }
    : { ...input, mean: turn(input.mean), std: turn(input.std), channelOrder: 'bgr' };
}

/** Without what is the default anyway. */
function tidy({ title, input: { range, mean, std, channelOrder } }: Alternative): Alternative {
  const isUnit = range?.[0] === 0 && range[1] === 1;
  const input = {
    ...(range && !isUnit && { range }),
    ...(mean !== undefined && { mean }),
    ...(std !== undefined && { std }),
    ...(channelOrder === 'bgr' && { channelOrder }),
  };
  return { title, input };
}

function list(values: readonly number[]): number | number[] {
  return values.length === 1 ? values[0] : [...values];
}

/** The line that scaling comes to, channel by channel: two ways with the same lines feed the same values. */
function effect(
  { range: [low, high] = [0, 1], mean = 0, std = 1, channelOrder = 'rgb' }: Scaling,
  channels: number,
): string {
  const at = (values: number | readonly number[], channel: number) =>
    typeof values === 'number' ? values : values[channel % values.length];
  const count = Math.max(channels, Array.isArray(mean) ? mean.length : 1);
  const lines = Array.from({ length: count }, (_, channel) => {
    const divisor = at(std, channel);
    return [(high - low) / divisor, (low - at(mean, channel)) / divisor].map((value) => value.toPrecision(3)).join();
  });
  return `${channels === 3 ? channelOrder : ''} ${lines.join(' ')}`;
}
