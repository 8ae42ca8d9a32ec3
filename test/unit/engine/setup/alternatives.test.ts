import { describe, expect, it } from 'vitest';
import type { InputSettings } from '../../../../src/data/preprocess.js';
import { alternatives } from '../../../../src/engine/setup/alternatives.js';

const grey = { channels: 1, statistics: { mean: [0.3], std: [0.2] }, columns: null };
const rgb = { channels: 3, statistics: { mean: [0.5, 0.4, 0.3], std: [0.3, 0.2, 0.1] }, columns: null };
const inputs = (draft: Partial<InputSettings>, known: typeof grey) =>
  alternatives({ layout: 'nchw', ...draft }, known).map(({ input }) => input);

describe('alternatives', () => {
  it('are the usual ranges and the mean and std of the data, without the draft itself', () => {
    expect(inputs({}, grey)).toEqual([{ range: [0, 255] }, { range: [-1, 1] }, { mean: 0.3, std: 0.2 }]);
    expect(inputs({ range: [0, 255] }, grey)).toEqual([{}, { range: [-1, 1] }, { mean: 0.3, std: 0.2 }]);
    expect(inputs({ mean: 0.3, std: 0.2 }, grey)).toEqual([
      {},
      { range: [0, 255] },
      { range: [-1, 1] },
      { range: [0, 255], mean: 0.3, std: 0.2 },
      { range: [-1, 1], mean: 0.3, std: 0.2 },
    ]);
  });

  it('leave out what is the same in other words', () => {
    // (v - 0.5) / 0.5 is the range -1..1.
    expect(inputs({ mean: 0.5, std: 0.5 }, grey)).not.toContainEqual({ range: [-1, 1] });
  });

  it('of colours come in both orders, with means that follow', () => {
    const found = inputs({}, rgb);
    expect(found).toContainEqual({ mean: [0.5, 0.4, 0.3], std: [0.3, 0.2, 0.1] });
    expect(found).toContainEqual({ mean: [0.3, 0.4, 0.5], std: [0.1, 0.2, 0.3], channelOrder: 'bgr' });
    expect(found).toContainEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    expect(found).toContainEqual({ range: [0, 255], mean: [103.939, 116.779, 123.68], channelOrder: 'bgr' });
    expect(found).toContainEqual({ channelOrder: 'bgr' });
    expect(found).not.toContainEqual({});
    expect(inputs({ channelOrder: 'bgr' }, rgb)).toContainEqual({});
  });

  it("keep the draft's own mean in the order it is written in", () => {
    const found = inputs({ mean: [1, 2, 3] }, rgb);
    expect(found).toContainEqual({ mean: [1, 2, 3], channelOrder: 'bgr' });
  });
});
