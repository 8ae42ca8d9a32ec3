import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { Work } from '../../contract/progress.js';
import type { NotFinite } from '../classifier.js';
import { type Count, countNarrow, countNotFinite, countValues, type NumberKind } from '../notFinite.js';
import type { OnnxModel } from './model.js';
import { readPayload, type StoredTensor } from './tensors.js';

const KINDS: Partial<Record<DataType, NumberKind>> = {
  [DataType.FLOAT]: 'float32',
  [DataType.FLOAT16]: 'float16',
  [DataType.BFLOAT16]: 'bfloat16',
  [DataType.DOUBLE]: 'float64',
};

/** Reads every real number of a model's tensors: weights, biases, statistics, constants, in subgraphs too. */
export async function scanTensors({ path, table, layers }: OnnxModel, work: Work = {}): Promise<NotFinite[]> {
  const tensors = [...table.tensors.values()].filter((tensor) => KINDS[tensor.type] !== undefined && tensor.count > 0);
  const total = tensors.reduce((sum, tensor) => sum + (lengthOf(tensor) ?? 0), 0);
  const multiplied = new Set(layers.map((layer) => layer.matrix.tensor));
  const found: NotFinite[] = [];
  let done = 0;
  for (const tensor of tensors) {
    const count = await countIn(tensor, KINDS[tensor.type]!, {
      signal: work.signal,
      onBytes: (bytes) => {
        done += bytes;
        work.onProgress?.({ phase: 'scan', done, total, detail: tensor.name });
      },
    });
    if (count.first < 0) continue;
    const isWeight = multiplied.has(tensor);
    found.push({ ...count, tensor: tensor.name, file: tensor.range?.file ?? path, count: tensor.count, isWeight });
  }
  return found;
}

function lengthOf({ range, payload }: StoredTensor): number | undefined {
  return range?.length ?? payload?.length;
}

async function countIn(
  { proto, type, range, payload }: StoredTensor,
  kind: NumberKind,
  options: Parameters<typeof countNotFinite>[2],
): Promise<Count> {
  if (range) return countNotFinite([range], kind, options);
  // Without raw data, half-precision numbers are kept as the bits of an int32 each.
  if (kind === 'float16' || kind === 'bfloat16') {
    return countNarrow(payload ? varints(await readPayload(payload)) : proto.int32Data, kind);
  }
  return countValues(type === DataType.DOUBLE ? proto.doubleData : proto.floatData);
}

/** Numbers of up to 32 bits in protobuf's variable length. */
function varints(bytes: Uint8Array): Int32Array {
  const values = new Int32Array(bytes.length);
  let count = 0;
  let value = 0;
  let shift = 0;
  for (const byte of bytes) {
    if (shift < 32) value |= (byte & 127) << shift;
    shift += 7;
    if (byte >= 128) continue;
    values[count++] = value;
    value = 0;
    shift = 0;
  }
  return values.subarray(0, count);
}
