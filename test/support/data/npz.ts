import { strToU8, zipSync } from 'fflate';

/** A NumPy array, version 1. */
export function npyBytes(descr: string, dims: readonly number[], elements: Uint8Array): Uint8Array {
  const shape = `(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`;
  const header = `${`{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117)}\n`;
  return Buffer.concat([
    Buffer.from([0x93]),
    strToU8('NUMPY'),
    Buffer.from([1, 0, header.length, 0]),
    strToU8(header),
    elements,
  ]);
}

/** A NumPy archive of such arrays. */
export function npzBytes(arrays: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])));
}
