/** [height, width] in pixels. */
export type Size = readonly [height: number, width: number];

export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The size after `resize`: exactly [height, width], or the shorter side as long as stated (as torchvision's Resize rounds). */
export function resizedSize([height, width]: Size, resize: number | Size | undefined): Size {
  if (resize === undefined) return [height, width];
  if (typeof resize !== 'number') return resize;
  const scaled = (longer: number, shorter: number) => Math.max(1, Math.floor((resize * longer) / shorter));
  return height <= width ? [resize, scaled(width, height)] : [scaled(height, width), resize];
}

/** The centre piece of a `crop` (as torchvision's CenterCrop rounds), or null where the image is smaller. */
export function centerBox([height, width]: Size, crop: number | Size | undefined): Box | null {
  if (crop === undefined) return { top: 0, left: 0, height, width };
  const [tall, wide] = typeof crop === 'number' ? [crop, crop] : crop;
  if (tall > height || wide > width) return null;
  return { top: halfToEven(height - tall), left: halfToEven(width - wide), height: tall, width: wide };
}

/** Half of a whole number, ties to the even neighbour as Python rounds. */
function halfToEven(value: number): number {
  const down = Math.floor(value / 2);
  return value % 2 === 1 && down % 2 === 1 ? down + 1 : down;
}
