import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OnnxWriter } from '../../../examples/onnxWriter.js';

/** Writes an ONNX model of one dense layer; returns its path. Without a weight it has one, but knows nothing. */
export async function writeLinear(
  file: string,
  sample: readonly (number | string)[],
  classes: number,
  weight?: Float32Array,
): Promise<string> {
  const features = sample.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1);
  const writer = new OnnxWriter({ opset: 17, name: 'linear' });
  const input = writer.input('input', ['N', ...sample]);
  const flat = sample.length > 1 ? writer.node('Flatten', [input]) : input;
  const values = weight ?? Float32Array.from({ length: classes * features }, (_, at) => Math.sin(at));
  const dense = writer.initializer('dense.weight', [classes, features], values);
  const output = writer.node('Gemm', [flat, dense], { transB: 1 }, { name: 'dense' });
  writer.output('logits', output, ['N', classes]);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, writer.bytes());
  return file;
}
