/** The colours of data. Each has one meaning, the same in the Studio and in the report. */

/** Red, green and blue, 0..255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Red, green, blue and opacity, 0..255. */
export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/**
 * Classes (Okabe and Ito, 2008): told apart by people with any colour vision, in themes of any kind. Where a model has more
 * classes than there are colours, the last one stands for all that have none of their own (`classColors`).
 */
export const CLASS_COLORS: readonly string[] = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#999999',
];

/** Classes that have no colour of their own. */
export const OTHER_CLASSES = CLASS_COLORS[CLASS_COLORS.length - 1];

/**
 * Where a model looks, from hardly to most: inferno (van der Walt and Smith, 2015) without its first fifth, which is as dark
 * as the ground; between these, linear. Lighter is more, whatever the colour vision.
 */
export const HEAT: readonly Rgb[] = [
  '#420a68',
  '#57106e',
  '#6a176e',
  '#7f1e6c',
  '#932667',
  '#a82e5f',
  '#bc3754',
  '#cc4248',
  '#dd513a',
  '#ea632a',
  '#f37819',
  '#f98e09',
  '#fca50a',
  '#fbbe23',
  '#f6d746',
  '#f1ef75',
  '#fcffa4',
].map(rgbOf);

/** What is less than before, and what is more: warm like what is forgotten, and blue like what is kept. */
export const LOST: Rgb = [230, 130, 30];
export const GAINED: Rgb = [86, 180, 233];

/**
 * Kept and forgotten classes with their spaces, what was removed, and how something was before: by day, and in the dark. The
 * Studio takes the blue, the red and the purple of the editor's theme for the first three.
 */
export const ROLE_COLORS = {
  light: { retain: '#2166c2', forget: '#c8500a', removed: '#8a3ffc', before: '#8e99a8' },
  dark: { retain: '#6ba6f5', forget: '#f5894a', removed: '#b896ff', before: '#7d899a' },
} as const;

/** @param color `#rrggbb`. */
export function rgbOf(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** A colour over another one that hides all behind it. */
export function mixed([red, green, blue, alpha]: Rgba, ground: Rgb): Rgb {
  const share = alpha / 255;
  const mix = (color: number, below: number) => Math.round((1 - share) * below + share * color);
  return [mix(red, ground[0]), mix(green, ground[1]), mix(blue, ground[2])];
}

/** Black or white, whichever is seen better on a colour: a contrast of 4.5 at least, whatever it is. */
export function inkOn(ground: Rgb): '#000' | '#fff' {
  return luminance(ground) > 0.179 ? '#000' : '#fff';
}

/** Relative luminance of WCAG 2. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
