import { expect, it } from 'vitest';
import { spatialView } from '../../../src/explain/spatial.js';
import type { InputSpec } from '../../../src/models/classifier.js';

function image(height: number | null, width: number | null): InputSpec {
  return { name: 'image', dims: [null, 3, height, width], layout: 'nchw' };
}
const sequence: InputSpec = { name: 'steps', dims: [null, 64, 4], layout: 'unknown' };

it('reads maps in both layouts', () => {
  const sizes = { width: 7, height: 5, channels: 3, length: 105, offset: 0 };
  expect(spatialView({ layout: 'channels-first' }, [3, 5, 7], image(50, 70))).toEqual({
    ...{ ...sizes, positionStep: 1, channelStep: 35 },
  });
  expect(spatialView({ layout: 'channels-last' }, [5, 7, 3], image(50, 70))).toEqual({
    ...{ ...sizes, positionStep: 3, channelStep: 1 },
  });
  expect(spatialView({ layout: 'channels-first' }, [3, 9], sequence)).toMatchObject({
    width: 9,
    height: 1,
    channels: 3,
  });
});

it.each([
  [196, 224, 224, 14, 14, 0],
  [197, 224, 224, 14, 14, 1],
  [201, 224, 224, 14, 14, 5],
  [99, 224, 112, 14, 7, 1],
  [5, 8, 8, 2, 2, 1],
  [197, null, null, 14, 14, 1],
  // No grid of these: a strip.
  [198, 224, 112, 1, 198, 0],
  [3, 8, 8, 1, 3, 0],
])(
  'makes of %i tokens of a %i x %i image a grid of %i x %i behind %i tokens',
  (tokens, high, wide, height, width, extra) => {
    const view = spatialView({ layout: 'tokens' }, [tokens, 8], image(high, wide));
    expect(view).toMatchObject({ height, width, channels: 8, offset: extra * 8, positionStep: 8, channelStep: 1 });
  },
);

it('makes a strip of a sequence, though its length is a square', () => {
  expect(spatialView({ layout: 'tokens' }, [64, 8], sequence)).toMatchObject({ width: 64, height: 1, offset: 0 });
});

it('finds no places in features, single positions and volumes', () => {
  expect(spatialView({ layout: 'features' }, [64], image(8, 8))).toBeNull();
  expect(spatialView({ layout: 'channels-first' }, [64, 1, 1], image(8, 8))).toBeNull();
  expect(spatialView({ layout: 'channels-last' }, [4, 4, 4, 8], image(8, 8))).toBeNull();
});
