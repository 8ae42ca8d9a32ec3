import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/contract/terms.js';
import {
  differenceOf,
  differenceScale,
  dimmed,
  groundOf,
  heatOver,
  heatScale,
  paintHeat,
  rampOf,
  strongest,
} from '../../../src/figures/heat.js';
import { GAINED, HEAT, LOST, mixed } from '../../../src/figures/palette.js';

const at = ({ width, rgb }: Picture, x: number, y: number) => [
  ...rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];
const over = (color: readonly number[], ground: number, opacity = 230 / 255) =>
  color.map((channel) => Math.round(opacity * channel + (1 - opacity) * ground));

const black: Picture = { width: 2, height: 2, rgb: new Uint8Array(12) };
const map = { width: 2, height: 1, values: Float32Array.of(0, 4) };

describe('a map over a picture', () => {
  it('is as strong as its values, and leaves the picture to be seen where there are none', () => {
    const painted = heatOver(black, map, heatScale(4));
    expect([painted.width, painted.height]).toEqual([168, 168]);
    expect(at(painted, 0, 0)).toEqual([20, 20, 20]);
    expect(at(painted, 167, 80)).toEqual(over(HEAT[HEAT.length - 1], 20));
    // Half as strong under a scale twice as large.
    const [half] = [HEAT[(HEAT.length - 1) / 2]];
    for (const [channel, value] of at(heatOver(black, map, heatScale(8)), 167, 80).entries()) {
      expect(Math.abs(value - over(half, 20)[channel])).toBeLessThan(3);
    }
  });

  it('runs smoothly between its cells', () => {
    const painted = heatOver(black, map, heatScale(4));
    const light = Array.from({ length: 168 }, (_, x) => at(painted, x, 5).reduce((sum, channel) => sum + channel, 0));
    for (let x = 1; x < 168; x++) expect(light[x]).toBeGreaterThanOrEqual(light[x - 1]);
    expect(new Set(light).size).toBeGreaterThan(40);
  });

  it('tells less from more', () => {
    const after = { ...map, values: Float32Array.of(4, 0) };
    const painted = heatOver(black, differenceOf(map, after), differenceScale(4));
    expect(at(painted, 0, 0)).toEqual(over(GAINED, 20));
    expect(at(painted, 167, 0)).toEqual(over(LOST, 20));
  });

  it('needs no picture, and shrinks a large one', () => {
    const none = { width: 0, height: 0, rgb: new Uint8Array(0) };
    expect(heatOver(none, map, heatScale(4))).toMatchObject({ width: 168, height: 84 });
    expect(groundOf(none, map)).toEqual({ width: 2, height: 1, rgb: new Uint8Array(6) });
    expect(groundOf(black, map)).toBe(black);
    const large = { width: 600, height: 300, rgb: new Uint8Array(540_000) };
    expect(heatOver(large, map, heatScale(4))).toMatchObject({ width: 224, height: 112 });
  });

  it('is the same in layers and in one piece', () => {
    const rgb = Uint8Array.from({ length: 12 }, (_, index) => 20 * index);
    const picture = { width: 2, height: 2, rgb };
    const one = heatOver(picture, map, heatScale(5));
    const [below, above] = [dimmed(picture), paintHeat(map, heatScale(5), 168, 168)];
    for (const [x, y] of [
      [0, 0],
      [100, 20],
      [167, 167],
    ]) {
      const [red, green, blue, alpha] = above.subarray(4 * (168 * y + x));
      const grey = below.rgb[3 * (2 * Math.floor(y / 84) + Math.floor(x / 84))];
      expect(at(one, x, y)).toEqual([...mixed([red, green, blue, alpha], [grey, grey, grey])]);
    }
  });
});

describe('the scales', () => {
  it('end where the strongest value of all maps is', () => {
    expect(strongest(map, null, { ...map, values: Float32Array.of(7, 1) })).toBe(7);
    expect(strongest(null)).toBe(0);
    expect(heatScale(4)(9)).toEqual(heatScale(4)(4));
    expect(heatScale(4)(-1)).toEqual(heatScale(4)(0));
  });

  it('leave the picture alone where there is nothing, even in a map of nothing', () => {
    for (const most of [0, 4]) {
      expect(heatScale(most)(0)[3]).toBe(0);
      expect(differenceScale(most)(0)[3]).toBe(0);
    }
  });

  it('are shown as they look on a dark picture', () => {
    const ramp = rampOf(differenceScale(2), -2, 2);
    const stops = ramp.match(/rgb\([^)]*\)/g)!;
    expect(stops).toHaveLength(17);
    expect(stops[0]).toBe(`rgb(${over(LOST, 60).join(' ')})`);
    expect(stops[8]).toBe('rgb(60 60 60)');
    expect(stops[16]).toBe(`rgb(${over(GAINED, 60).join(' ')})`);
  });
});
