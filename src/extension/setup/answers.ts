import type { Choices, ClassNames, PerChannel, Range } from './draft.js';

/** What was answered so far. */
export interface Answers {
  readonly train?: Choices['train'];
  readonly test?: Choices['test'];
  readonly layout?: 'nchw' | 'nhwc';
  readonly classes?: ClassNames;
  readonly range?: Range;
  readonly channelOrder?: 'rgb' | 'bgr';
  readonly normalisation?: { readonly mean?: PerChannel; readonly std?: PerChannel };
}

/** All that is needed, when every question was asked. Defaults are left out. */
export function choicesOf({ train, test, layout, classes, range, channelOrder, normalisation }: Answers): Choices {
  if (!train) throw new Error('the flow ended without training data');
  const isUnit = !range || (range[0] === 0 && range[1] === 1);
  const scaling = {
    ...(!isUnit && { range }),
    ...normalisation,
    ...(channelOrder === 'bgr' && { channelOrder }),
  };
  return { train, test: test ?? null, layout, classes: classes ?? { kind: 'numbers' }, scaling };
}

/** The same with the scaling of a suggestion. */
export function withScaling(answers: Answers, scaling: Choices['scaling']): Answers {
  const { range = [0, 1], channelOrder = 'rgb', mean, std } = scaling;
  return {
    ...answers,
    range,
    channelOrder,
    normalisation: { ...(mean !== undefined && { mean }), ...(std !== undefined && { std }) },
  };
}
