import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { decodeImage } from '../../../src/data/images/decode.js';
import { centerBox, resizedSize } from '../../../src/data/images/geometry.js';
import { expectError, letheError, mutate, references, scratchFolder } from '../../support/data/datasets.js';

interface References {
  readonly files: Record<string, { size: [number, number]; rgb: string }>;
  readonly resized: {
    file: string;
    interpolation: 'bilinear' | 'bicubic' | 'lanczos' | 'box';
    size: [number, number];
    rgb: string;
  }[];
}

const pillow: References = JSON.parse(await readFile(path.join(references, 'images.json'), 'utf8'));
const fixture = (name: string) => path.join(references, 'images', name);
const plain = { interpolation: 'bilinear' } as const;
const folder = await scratchFolder();

/** How far levels (0 to 255) are from Pillow's. */
function differences(data: Uint8Array, base64: string): { most: number; mean: number } {
  const expected = Buffer.from(base64, 'base64');
  expect(data.length).toBe(expected.length);
  const all = Array.from(data, (value, at) => Math.abs(value - expected[at]));
  return { most: Math.max(...all), mean: all.reduce((sum, value) => sum + value, 0) / all.length };
}

describe('decodeImage', () => {
  it.each(Object.keys(pillow.files))('reads %s as Pillow does', async (name) => {
    const { size, rgb } = pillow.files[name];
    const image = await decodeImage(fixture(name), plain);
    expect([image.height, image.width]).toEqual(size);
    const { most, mean } = differences(image.data, rgb);
    // Decoders of lossy formats may round and enlarge the colour planes differently.
    const isLossy = /jpg|lossy/.test(name);
    expect(most).toBeLessThanOrEqual(isLossy ? 8 : 0);
    expect(mean).toBeLessThanOrEqual(isLossy ? 1 : 0);
  });

  it.each(pillow.resized)('resizes $file to $size by $interpolation as Pillow does', async (reference) => {
    const { file, interpolation, size, rgb } = reference;
    const image = await decodeImage(fixture(file), { interpolation, resize: size });
    expect([image.height, image.width]).toEqual(size);
    const { most, mean } = differences(image.data, rgb);
    // Filters with negative lobes overshoot at the picture's hard corner, where the two clip in a different order.
    const overshoots = interpolation === 'bicubic' || interpolation === 'lanczos';
    expect(most).toBeLessThanOrEqual(overshoots ? 16 : 1);
    expect(mean).toBeLessThanOrEqual(overshoots ? 1 : 0.5);
  });

  it('turns before it resizes', async () => {
    const upright = await decodeImage(fixture('turned1.jpg'), { ...plain, resize: [12, 6] });
    const turned = await decodeImage(fixture('turned6.jpg'), { ...plain, resize: [12, 6] });
    expect([turned.height, turned.width]).toEqual([12, 6]);
    expect(turned.data).not.toEqual(upright.data);
    const shorter = await decodeImage(fixture('turned6.jpg'), { ...plain, resize: 18 });
    expect([shorter.height, shorter.width]).toEqual([28, 18]);
  });

  it('cuts the centre piece out of the resized image', async () => {
    const whole = await decodeImage(fixture('rgb.png'), { ...plain, resize: 18 });
    const piece = await decodeImage(fixture('rgb.png'), { ...plain, resize: 18, crop: [10, 16] });
    expect([whole.height, whole.width]).toEqual([18, 28]);
    const expected: number[] = [];
    for (let row = 4; row < 14; row++) {
      expected.push(...whole.data.subarray((row * 28 + 6) * 3, (row * 28 + 22) * 3));
    }
    expect([...piece.data]).toEqual(expected);
  });

  it('names an image that is smaller than the crop', async () => {
    await expectError(decodeImage(fixture('rgb.png'), { ...plain, crop: 10 }), {
      code: 'image-size',
      file: 'rgb.png',
      message: 'is 9 x 14 (height x width), smaller than the crop of 10 x 10',
      hint: 'State a larger "resize"',
    });
  });

  it.each([
    ['text.png', Buffer.from('no image at all'), 'can not be decoded'],
    ['empty.jpg', Buffer.alloc(0), 'is 0 bytes long'],
    ['bare.gif', Buffer.from('GIF89a'), 'can not be decoded (a GIF'],
  ])('names the unreadable %s', async (name, bytes, message) => {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    await expectError(decodeImage(file, plain), { code: 'data-corrupt', file: name, message });
  });

  it('refuses sizes that no image has, without allocating for them', async () => {
    const gif = await readFile(fixture('plain.gif'));
    gif.writeUInt16LE(65_535, 6);
    gif.writeUInt16LE(65_535, 8);
    const bmp = await readFile(fixture('rgb.bmp'));
    bmp.writeUInt32LE(60_000, 18);
    bmp.writeUInt32LE(60_000, 22);
    for (const [name, bytes] of [['huge.gif', gif] as const, ['huge.bmp', bmp] as const]) {
      const file = path.join(folder, name);
      await writeFile(file, bytes);
      await expectError(decodeImage(file, plain), { code: 'data-corrupt', file: name, message: 'can not be decoded' });
    }
  });

  it('reads damaged images or says what is wrong', async () => {
    await mkdir(path.join(folder, 'damaged'), { recursive: true });
    const random = new Random(7);
    for (const name of Object.keys(pillow.files).filter((file) => !/turned[2-8]/.test(file))) {
      const original = await readFile(fixture(name));
      for (let round = 0; round < 40; round++) {
        const file = path.join(folder, 'damaged', `${round}-${name}`);
        await writeFile(file, mutate(original, random));
        const image = await decodeImage(file, { ...plain, resize: [4, 4] }).catch((error: unknown) => error);
        if (image instanceof Error) await letheError(Promise.reject(image));
        else expect((image as { data: Uint8Array }).data).toHaveLength(48);
      }
    }
  });
});

describe('geometry', () => {
  it.each([
    [[480, 640], 256, [256, 341]],
    [[640, 480], 256, [341, 256]],
    [[100, 100], 224, [224, 224]],
    [[1, 1000], 3, [3, 3000]],
    [
      [50, 70],
      [20, 30],
      [20, 30],
    ],
    [[50, 70], undefined, [50, 70]],
  ] as const)('resizes %j by %j to %j', (size, resize, expected) => {
    expect(resizedSize(size, resize)).toEqual(expected);
  });

  it.each([
    // torchvision: int(round((size - crop) / 2)), where Python rounds halves to even.
    [[256, 341], 224, { top: 16, left: 58, height: 224, width: 224 }],
    [[7, 5], 4, { top: 2, left: 0, height: 4, width: 4 }],
    [[9, 11], [4, 4], { top: 2, left: 4, height: 4, width: 4 }],
    [[4, 4], 5, null],
  ] as const)('centres in %j a crop of %j', (size, crop, expected) => {
    expect(centerBox(size, crop)).toEqual(expected);
  });
});
