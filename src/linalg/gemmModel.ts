import { create, toBinary } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType as AttributeType, ModelProtoSchema, TensorProto_DataType } from 'onnx-buf';

/** How a product meets what is in the output already: replaces it, is added to it, or taken from it. */
export type GemmMode = 'set' | 'add' | 'subtract';

/**
 * An ONNX model of a few bytes with a single Gemm node and free sizes: `Y = op(A) op(B)`, `C + op(A) op(B)` or
 * `C - op(A) op(B)`.
 */
export function gemmModel(transA: boolean, transB: boolean, mode: GemmMode): Uint8Array {
  const inputs = mode === 'set' ? ['A', 'B'] : ['A', 'B', 'C'];
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'lethe',
    opsetImport: [{ domain: '', version: 13n }],
    graph: {
      name: 'gemm',
      node: [
        {
          opType: 'Gemm',
          input: inputs,
          output: ['Y'],
          attribute: [
            { name: 'transA', type: AttributeType.INT, i: transA ? 1n : 0n },
            { name: 'transB', type: AttributeType.INT, i: transB ? 1n : 0n },
            { name: 'alpha', type: AttributeType.FLOAT, f: mode === 'subtract' ? -1 : 1 },
          ],
        },
      ],
      input: inputs.map(freeMatrix),
      output: [freeMatrix('Y')],
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function freeMatrix(name: string) {
  const dim = ['rows', 'columns'].map((axis) => ({
    value: { case: 'dimParam' as const, value: `${name}_${axis}` },
  }));
  const tensorType = { elemType: TensorProto_DataType.FLOAT, shape: { dim } };
  return { name, type: { value: { case: 'tensorType' as const, value: tensorType } } };
}
