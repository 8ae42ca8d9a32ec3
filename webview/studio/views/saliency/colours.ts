import * as Plot from '@observablehq/plot';
import type { Rgba } from '../../elements/picture.js';

/** Most opacity, so that the picture is seen through the strongest focus too. */
const OPACITY = 0.9;
/** Where the scale of colours begins: its first fifth is as dark as the ground. */
const FIRST = 0.2;
/** What the ground of a dimmed picture is at most (`LethePicture`), for legends. */
const GROUND = 60;

const LOST: readonly [number, number, number] = [230, 130, 30];
const GAINED: readonly [number, number, number] = [86, 180, 233];

const STEPS = 256;
const inferno = Plot.scale({ color: { type: 'linear', scheme: 'inferno', domain: [0, 1] } });
const HEAT: readonly Rgba[] = Array.from({ length: STEPS }, (_, step) => {
  const share = step / (STEPS - 1);
  const hex = Number.parseInt(inferno.apply(FIRST + (1 - FIRST) * share).slice(1), 16);
  return [hex >> 16, (hex >> 8) & 255, hex & 255, 255 * OPACITY * Math.min(1, 3 * share)];
});

/** Colours of a map from 0 to `most`: lighter is more, whatever the colour vision (inferno), and 0 lets the picture through. */
export function heat(most: number): (value: number) => Rgba {
  return (value) => HEAT[Math.round((STEPS - 1) * Math.max(0, Math.min(1, value / most)))];
}

/** Colours of a difference from -`most` (lost, orange) over 0 (the picture alone) to `most` (gained, blue). */
export function change(most: number): (value: number) => Rgba {
  return (value) => {
    const [red, green, blue] = value < 0 ? LOST : GAINED;
    return [red, green, blue, 255 * OPACITY * Math.min(1, Math.abs(value) / most)];
  };
}

/** A bar of the colours between two values, as they look on a dark picture. */
export function ramp(colour: (value: number) => Rgba, from: number, to: number): string {
  const stops = Array.from({ length: 17 }, (_, at) => {
    const [red, green, blue, alpha] = colour(from + ((to - from) * at) / 16);
    const mixed = [red, green, blue].map((part) => Math.round(GROUND + (part - GROUND) * (alpha / 255)));
    return `rgb(${mixed.join(' ')})`;
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
