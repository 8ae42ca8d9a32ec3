import { LetheError } from '../../../src/base/errors.js';
import type { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { openModel } from '../../../src/models/registry.js';

/** A damaged copy of a file, and what was done to it. */
export interface Mutant {
  readonly what: string;
  readonly bytes: Uint8Array;
}

type Damage = (bytes: Buffer, random: Random) => Mutant | undefined;

const flipBits: Damage = (bytes, random) => {
  const damaged = Buffer.from(bytes);
  const count = 1 + random.below(8);
  const places = Array.from({ length: count }, () => random.below(bytes.length));
  for (const place of places) damaged[place] ^= 1 << random.below(8);
  return { what: `bits flipped at ${places.join(', ')}`, bytes: damaged };
};

const truncate: Damage = (bytes, random) => {
  const length = random.below(bytes.length);
  return { what: `cut off at ${length}`, bytes: bytes.subarray(0, length) };
};

/** Puts a number that is absurd for a length, an index or a size in place of one byte (a varint of a protobuf). */
const absurdVarint: Damage = (bytes, random) => {
  const place = random.below(bytes.length);
  const varint = Buffer.alloc(1 + random.below(10), 0xff);
  varint[varint.length - 1] = random.below(128);
  return {
    what: `byte ${place} replaced by the varint ${varint.toString('hex')}`,
    bytes: Buffer.concat([bytes.subarray(0, place), varint, bytes.subarray(place + 1)]),
  };
};

/** The same for text: some number of the file becomes absurd. */
const absurdNumber: Damage = (bytes, random) => {
  const numbers = [...bytes.toString('latin1').matchAll(/\d+/g)];
  if (numbers.length === 0) return undefined;
  const { index, 0: digits } = numbers[random.below(numbers.length)];
  const choices = ['-1', '0', '999999999', '1e308', '-2147483649', '9007199254740993', '0.5', 'null', '[]', '""'];
  const absurd = choices[random.below(choices.length)];
  return {
    what: `the number ${digits} at ${index} replaced by ${absurd}`,
    bytes: Buffer.concat([bytes.subarray(0, index), Buffer.from(absurd), bytes.subarray(index + digits.length)]),
  };
};

/** Moves, doubles or drops a run of bytes. */
const shuffle: Damage = (bytes, random) => {
  const from = random.below(bytes.length);
  const length = 1 + random.below(Math.min(64, bytes.length - from));
  const to = random.below(bytes.length);
  const run = bytes.subarray(from, from + length);
  const without = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
  const kind = random.below(3);
  if (kind === 0) return { what: `${length} bytes dropped at ${from}`, bytes: without };
  const target = kind === 1 ? bytes : without;
  return {
    what: `${length} bytes ${kind === 1 ? 'copied' : 'moved'} from ${from} to ${to}`,
    bytes: Buffer.concat([target.subarray(0, to), run, target.subarray(to)]),
  };
};

const overwrite: Damage = (bytes, random) => {
  const damaged = Buffer.from(bytes);
  const from = random.below(bytes.length);
  const length = 1 + random.below(Math.min(16, bytes.length - from));
  const value = [0x00, 0xff, 0x7f, 0x80][random.below(4)];
  damaged.fill(value, from, from + length);
  return { what: `${length} bytes at ${from} set to ${value}`, bytes: damaged };
};

const binaryDamages = [flipBits, flipBits, truncate, absurdVarint, absurdVarint, shuffle, overwrite];
const textDamages = [flipBits, truncate, absurdNumber, absurdNumber, shuffle, overwrite];

/** Damages a file: equal random numbers give equal damage. */
export function mutate(bytes: Uint8Array, random: Random): Mutant {
  const buffer = Buffer.from(bytes);
  const damages = buffer[0] === 0x7b ? textDamages : binaryDamages;
  return damages[random.below(damages.length)](buffer, random) ?? flipBits(buffer, random)!;
}

/** How an attempt to use a model file ended: `loaded`, or the code of the error. */
export type Outcome = 'loaded' | LetheError['code'];

/**
 * Opens a model file and uses all of it: a sample, taps, a part, the weights.
 * @throws what is no LetheError, or one without a message: a defect of ours.
 */
export async function useModel(file: string): Promise<Outcome> {
  let model: Classifier | undefined;
  try {
    model = await openModel(file, { threads: 1 });
    const dims = model.input.dims.map((dim, axis) => dim ?? (axis === 0 ? 2 : 8));
    if (elementCount(dims) < 2 ** 24) {
      const taps = [...new Set(model.layers.flatMap(({ sites }) => sites.map(({ tap }) => tap)))];
      const data = new Float32Array(elementCount(dims)).fill(0.5);
      const { logits } = await model.forward({ dims, data }, { taps });
      if (logits.data.length !== dims[0] * model.classCount)
        throw new Error(`logits have dims [${logits.dims.join(', ')}]`);
    }
    const point = model.activations.at(-1);
    if (point) {
      const from = [2, ...point.dims.map((dim) => dim ?? 4)];
      await model.forwardFrom(point.id, { dims: from, data: new Float32Array(elementCount(from)) });
    }
    for (const { id } of model.layers) await model.readWeight(id);
    return 'loaded';
  } catch (error) {
    if (!(error instanceof LetheError) || error.message === '' || error.code === 'internal') throw error;
    return error.code;
  } finally {
    await model?.dispose();
  }
}
