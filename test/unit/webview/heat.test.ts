import * as Plot from '@observablehq/plot';
import { expect, test } from 'vitest';
import { HEAT, rgbOf } from '../../../src/figures/palette.js';

/** Of 255. */
const UNSEEN = 5;

test('the colours of heat are those of inferno from its first fifth on, also between the stops', () => {
  const inferno = Plot.scale({ color: { type: 'linear', scheme: 'inferno', domain: [0, 1] } });
  for (let step = 0; step <= 160; step++) {
    const place = (step / 160) * (HEAT.length - 1);
    const first = Math.min(HEAT.length - 2, Math.floor(place));
    const expected = rgbOf(inferno.apply(0.2 + (0.8 * step) / 160));
    for (const channel of [0, 1, 2] as const) {
      const color = HEAT[first][channel] + (place - first) * (HEAT[first + 1][channel] - HEAT[first][channel]);
      expect(Math.abs(color - expected[channel])).toBeLessThan(UNSEEN);
    }
  }
});
