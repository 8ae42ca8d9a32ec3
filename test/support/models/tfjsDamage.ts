import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Random } from '../../../src/base/random.js';
import { mutate } from './mutate.js';

const absurd = [
  '-1',
  '0',
  '3',
  '0.5',
  '65536',
  '1000000000',
  '4294967296',
  '9007199254740993',
  '1e308',
  'null',
  '"x"',
  '[]',
  '{}',
];

/** Copies a model into `folder` and damages one of its files there, in a way that the seed decides. */
export async function damagedCopy(source: string, folder: string, seed: number): Promise<string> {
  await cp(path.dirname(source), folder, { recursive: true });
  const random = new Random(seed);
  const json = path.join(folder, path.basename(source));
  const { weightsManifest } = JSON.parse(await readFile(json, 'utf8'));
  const paths: string[] = weightsManifest[0].paths;
  const file = random.below(4) === 0 ? path.join(folder, paths[random.below(paths.length)]) : json;
  const bytes = await readFile(file);
  await writeFile(file, file === json ? damagedText(bytes, random) : mutate(bytes, random).bytes);
  return json;
}

/** Most changes leave the JSON valid, or little behind the parser would be tried. */
export function damagedText(bytes: Buffer, random: Random): Uint8Array | string {
  const text = bytes.toString('utf8');
  switch (random.below(8)) {
    case 0:
      return mutate(bytes, random).bytes;
    case 1:
    case 2: {
      // Two names or words change places.
      const words = [...text.matchAll(/"[^"\\]*"/g)];
      const [a, b] = [words[random.below(words.length)], words[random.below(words.length)]];
      return splice(text, a.index, a[0].length, b[0]);
    }
    case 3: {
      const values = [...text.matchAll(/(true|false|null|"[^"\\]*"(?!"?\s*:))/g)];
      const value = values[random.below(values.length)];
      return splice(text, value.index, value[0].length, absurd[random.below(absurd.length)]);
    }
    case 4: {
      const lists = [...text.matchAll(/\[[^[\]{}]*\]/g)];
      const list = lists[random.below(lists.length)];
      return splice(text, list.index, list[0].length, random.below(2) ? '[]' : `[${list[0]}]`);
    }
    default: {
      const numbers = [...text.matchAll(/(?<=[[\s:,"])-?\d+(\.\d+)?(?=[\],}\s"])/g)];
      const number = numbers[random.below(numbers.length)];
      return splice(text, number.index, number[0].length, absurd[random.below(9)]);
    }
  }
}

function splice(text: string, at: number, length: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at + length);
}
