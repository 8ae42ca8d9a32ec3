import type * as vscode from 'vscode';
import type { DataCandidate, FindDataResult } from '../../contract/setup.js';
import type { Answers } from './answers.js';
import { channelsOf, inRange, isPixels, numbersText, type PerChannel, parseNumbers, type Range } from './draft.js';
import { BACK, type Place, type Step } from './multiStep.js';
import { input, pick } from './quickInput.js';

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

interface ChoiceItem<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Asked only where the model's file leaves the layout open. */
export function layoutStep({ input: { layout, dims } }: FindDataResult): Step<Answers> {
  const items: ChoiceItem<'nchw' | 'nhwc'>[] = [
    { label: 'Channels first', description: 'nchw', detail: 'As in PyTorch', value: 'nchw' },
    { label: 'Channels last', description: 'nhwc', detail: 'As in TensorFlow and Keras', value: 'nhwc' },
  ];
  return {
    applies: () => layout === 'unknown' && dims.length === 4,
    async ask(answers, place) {
      const guess = answers.layout ?? answers.train?.input.layout;
      const placeholder = `Order of the axes of the model's input (${dims.map((dim) => dim ?? '?').join(' x ')})`;
      const item = await choose(place, placeholder, items, (value) => value === guess);
      return item === undefined || item === BACK ? item : { ...answers, layout: item.value };
    },
  };
}

export function rangeStep(): Step<Answers> {
  const items: ChoiceItem<Range>[] = [
    { label: '0 to 1', detail: 'PyTorch with ToTensor, Keras with Rescaling(1/255)', value: [0, 1] },
    { label: '0 to 255', detail: 'Keras without rescaling, EfficientNet, networks from Caffe', value: [0, 255] },
    { label: '-1 to 1', detail: 'MobileNet, Inception and Xception in Keras', value: [-1, 1] },
  ];
  return {
    applies: ({ train }) => train === undefined || isPixels(train),
    async ask(answers, place) {
      const [low, high] = answers.range ?? [0, 1];
      const placeholder = 'What the model was trained with: black to white, before mean and std';
      const item = await choose(place, placeholder, items, (value) => value[0] === low && value[1] === high);
      return item === undefined || item === BACK ? item : { ...answers, range: item.value };
    },
  };
}

export function orderStep(): Step<Answers> {
  const items: ChoiceItem<'rgb' | 'bgr'>[] = [
    { label: 'RGB', detail: 'Nearly all models', value: 'rgb' },
    { label: 'BGR', detail: "Networks from Caffe, Keras' VGG and ResNet50, images read with OpenCV", value: 'bgr' },
  ];
  return {
    applies: ({ train }) => train !== undefined && channelsOf(train) === 3,
    async ask(answers, place) {
      const order = answers.channelOrder ?? 'rgb';
      const placeholder = 'Order of the colours that the model was trained with';
      const item = await choose(place, placeholder, items, (value) => value === order);
      return item === undefined || item === BACK ? item : { ...answers, channelOrder: item.value };
    },
  };
}

type Normalisation = NonNullable<Answers['normalisation']>;

export function normalisationStep(): Step<Answers> {
  return {
    applies: () => true,
    async ask(answers, place) {
      for (;;) {
        const items = normalisations(answers, answers.train!);
        const given = answers.normalisation && JSON.stringify(answers.normalisation);
        const isGiven = (value: Normalisation | 'typed') => JSON.stringify(value) === given;
        const placeholder = 'What is subtracted from the values (mean), and what they are divided by (std)';
        const item = await choose(place, placeholder, items, isGiven);
        if (item === undefined || item === BACK) return item;
        if (item.value !== 'typed') return { ...answers, normalisation: item.value };
        const typed = await typeNormalisation(answers, { ...place, canGoBack: true });
        if (typed === undefined) return undefined;
        if (typed !== BACK) return { ...answers, normalisation: typed };
      }
    },
  };
}

function normalisations(answers: Answers, train: DataCandidate): ChoiceItem<Normalisation | 'typed'>[] {
  const items: ChoiceItem<Normalisation | 'typed'>[] = [];
  const add = (label: string, description: string, values: Normalisation) =>
    items.push({ label, description, detail: textOf(values), value: values });
  if (train.statistics) add('Those of the data', 'measured on some samples', inRange(train.statistics, answers));
  if (channelsOf(train) === 3) {
    const values = inRange(IMAGENET, answers);
    add('Those of ImageNet', 'most models that were trained on it or began there', values);
    if (answers.range?.[1] === 255) add('The mean of ImageNet alone', 'networks from Caffe', { mean: values.mean });
  }
  items.push(
    { label: 'None', detail: 'The values go in as they are', value: {} },
    { label: '$(edit) Type them', detail: 'From the code that trained the model', value: 'typed' },
  );
  return items;
}

function textOf({ mean, std }: Normalisation): string {
  return [mean !== undefined && `Mean ${numbersText(mean)}`, std !== undefined && `std ${numbersText(std)}`]
    .filter(Boolean)
    .join('; ');
}

async function typeNormalisation(answers: Answers, place: Place): Promise<Normalisation | typeof BACK | undefined> {
  const channels = channelsOf(answers.train!);
  const [low, high] = answers.range ?? [0, 1];
  const of = isPixels(answers.train!) ? ` of values from ${low} to ${high}` : '';
  for (;;) {
    const mean = await typeNumbers(place, `Mean${of}`, answers.normalisation?.mean ?? 0, channels, false);
    if (mean === undefined || mean === BACK) return mean;
    const std = await typeNumbers(place, `Standard deviation${of}`, answers.normalisation?.std ?? 1, channels, true);
    if (std !== BACK) return std === undefined ? undefined : { mean, std };
  }
}

async function typeNumbers(
  place: Place,
  what: string,
  value: PerChannel,
  channels: number,
  positive: boolean,
): Promise<PerChannel | typeof BACK | undefined> {
  const check = (typed: string) => {
    const parsed = parseNumbers(typed, channels, positive);
    return typeof parsed === 'object' && 'problem' in parsed ? parsed.problem : undefined;
  };
  const prompt = channels > 1 ? `${what}: one number, or ${channels} with commas between them` : what;
  const text = await input(place, { prompt, value: numbersText(value), check });
  return text === undefined || text === BACK ? text : (parseNumbers(text, channels, positive) as PerChannel);
}

function choose<T>(
  place: Place,
  placeholder: string,
  items: readonly ChoiceItem<T>[],
  isActive: (value: T) => boolean,
): Promise<ChoiceItem<T> | typeof BACK | undefined> {
  return pick(place, { placeholder, items, active: items.find(({ value }) => isActive(value)) });
}
