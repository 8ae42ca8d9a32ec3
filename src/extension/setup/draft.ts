import path from 'node:path';
import type { DataCandidate, FindDataResult } from '../../contract/setup.js';
import { type AnySource, pathsOf, withPaths } from '../../project/sourcePaths.js';

export type Range = readonly [number, number];
export type PerChannel = number | readonly number[];

/** How values are scaled; what is left out is the default. */
export interface Scaling {
  readonly range?: Range;
  readonly mean?: PerChannel;
  readonly std?: PerChannel;
  readonly channelOrder?: 'rgb' | 'bgr';
}

export type ClassNames =
  /** From the data itself or typed. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** From a text file. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'numbers' };

/** What the user answered. */
export interface Choices {
  readonly train: DataCandidate;
  /** Null to hold out a part of the training data. */
  readonly test: DataCandidate | null;
  readonly layout?: 'nchw' | 'nhwc';
  readonly classes: ClassNames;
  readonly scaling: Scaling;
}

export interface Draft {
  /** The folder that `lethe.json` goes to. */
  readonly folder: string;
  readonly config: object;
}

/** The `lethe.json` that the answers make. It lies one folder up where the data lies beside the model's folder. */
export function draftOf(model: string, found: Pick<FindDataResult, 'folder' | 'above'>, choices: Choices): Draft {
  const { train, test, classes, scaling, layout } = choices;
  const named = [train, test].flatMap((data) => (data ? pathsOf(data.source) : []));
  if (classes.kind === 'file') named.push(classes.path);
  const folder = found.above !== null && wantsFolderAbove(named) ? found.above : found.folder;
  const rebase = (location: string) => portable(folder, path.resolve(found.folder, location));
  const source = (data: DataCandidate): AnySource => withPaths(data.source, rebase);
  const input = { ...train.input, ...(layout && { layout }), ...scaling };
  const config = {
    models: [portable(folder, model)],
    ...(classes.kind === 'names' && { classes: classes.names }),
    ...(classes.kind === 'file' && { classes: rebase(classes.path) }),
    ...(Object.keys(input).length > 0 && { input }),
    data: { train: source(train), ...(test && { test: source(test) }) },
  };
  return { folder, config };
}

/** Some path leads one folder up, and none further. */
function wantsFolderAbove(paths: readonly string[]): boolean {
  const steps = paths.map((location) => location.split('/').filter((step) => step === '..').length);
  return Math.max(...steps) === 1 && !paths.some((location) => path.isAbsolute(location));
}

function portable(from: string, target: string): string {
  return path.relative(from, target).split(path.sep).join('/') || '.';
}

/** Channels that the model is fed, 1 for rows of numbers. */
export function channelsOf({ input, shape }: DataCandidate): number {
  if (typeof input.channels === 'number') return input.channels;
  return shape.length === 3 ? shape[2] : 1;
}

/** Whether values are pixels, which are scaled to a range; other numbers are taken as they are. */
export function isPixels({ shape, source }: DataCandidate): boolean {
  return shape.length === 3 || source.scale !== undefined;
}

/** A mean or std of values from 0 to 1, for values of another range, and with the channels the other way round for BGR. */
export function inRange(
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
  { range: [low, high] = [0, 1], channelOrder }: Scaling,
): { readonly mean: PerChannel; readonly std: PerChannel } {
  const turned = (values: readonly number[]) =>
    single(channelOrder === 'bgr' && values.length === 3 ? [...values].reverse() : values);
  const digits = (value: number) => Number(value.toPrecision(5));
  return {
    mean: turned(mean.map((value) => digits(low + value * (high - low)))),
    std: turned(std.map((value) => digits(value * (high - low)))),
  };
}

function single(values: readonly number[]): PerChannel {
  return values.length === 1 ? values[0] : values;
}

/** `0.485, 0.456, 0.406`. */
export function numbersText(values: PerChannel): string {
  return typeof values === 'number' ? String(values) : values.join(', ');
}

/** The numbers of a text that was typed: one, or one a channel. @returns what is wrong with it, else. */
export function parseNumbers(
  text: string,
  channels: number,
  positive = false,
): PerChannel | { readonly problem: string } {
  const values = text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(Number);
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) {
    return { problem: channels > 1 ? `Type one number, or ${channels} with commas between them` : 'Type a number' };
  }
  if (values.length !== 1 && values.length !== channels) {
    return { problem: `Type one number, or one for each of the ${channels} channels` };
  }
  if (positive && values.some((value) => value <= 0)) return { problem: 'Every number must be more than 0' };
  return single(values);
}

/** The names of a text that was typed. @returns what is wrong with it, else. */
export function parseNames(text: string, count: number | null): readonly string[] | { readonly problem: string } {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) return { problem: 'A name is missing between two commas' };
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) return { problem: `"${twice}" stands there twice` };
  if (count === null ? names.length < 2 : names.length !== count) {
    return { problem: `The model has ${count ?? 'at least 2'} outputs, these are ${names.length} names` };
  }
  return names;
}

/** The settings in words, for people to see what was tried. */
export function settingsText({ train, test, scaling, classes }: Choices): string[] {
  const { range = [0, 1], mean, std, channelOrder } = scaling;
  const data = test ?? train;
  return [
    `${data.detail}${test ? '' : ' (a part of it is held out for tests)'}`,
    isPixels(train) ? `Values ${range[0]}..${range[1]}` : 'Values as they are stored',
    mean === undefined && std === undefined
      ? 'No mean and std'
      : `Mean ${numbersText(mean ?? 0)}, std ${numbersText(std ?? 1)}`,
    ...(channelsOf(train) === 3 ? [channelOrder === 'bgr' ? 'Channels in BGR order' : 'Channels in RGB order'] : []),
    ...(classes.kind === 'numbers' ? ['Classes are numbered'] : []),
  ];
}
