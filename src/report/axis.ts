/** A coordinate of a plot for a value. */
export function scale([first, last]: readonly [number, number], from: number, to: number): (value: number) => number {
  return (value) => from + ((to - from) * (value - first)) / (last - first);
}

/** Round numbers along an axis, about five. */
export function ticks([first, last]: readonly [number, number]): number[] {
  const rough = (last - first) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const start = Math.ceil(first / step - 1e-9);
  const count = Math.floor(last / step + 1e-9) - start + 1;
  return Array.from({ length: count }, (_, at) => Number(((start + at) * step).toPrecision(12)));
}
