import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType as AttributeType, type GraphProto, ModelProtoSchema } from 'onnx-buf';
import type { Random } from '../../../src/base/random.js';
import { type Mutant, mutate } from './mutate.js';

const absurd = [0n, -1n, 1n, 2n, 7n, 1000n, 65536n, 2n ** 31n - 1n, 2n ** 40n, 2n ** 62n, -(2n ** 40n)];

/** Damages an ONNX file: its bytes, or what they say, or little behind the parser would be tried. */
export function damageOnnx(bytes: Uint8Array, random: Random): Mutant {
  if (random.unit() < 0.5) return mutate(bytes, random);
  // A plain copy: the decoded tensors are views of it, and are written to.
  const model = fromBinary(ModelProtoSchema, new Uint8Array(bytes));
  const done: string[] = [];
  for (let i = 1 + random.below(3); i > 0; i--) done.push(damages[random.below(damages.length)](model.graph!, random));
  return { what: done.join('; '), bytes: toBinary(ModelProtoSchema, model) };
}

/** Changes one thing in a graph and says what, or finds nothing to change. */
type Damage = (graph: GraphProto, random: Random) => string;

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)];
}

const damages: readonly Damage[] = [
  function listAttribute(graph, random) {
    const node = pick(graph.node, random);
    const found = node.attribute.find(({ ints }) => ints.length > 0);
    if (!found) return 'nothing';
    const at = random.below(found.ints.length);
    found.ints[at] = pick(absurd, random);
    return `${node.name}: ${found.name}[${at}] = ${found.ints[at]}`;
  },
  function numberAttribute(graph, random) {
    const node = pick(graph.node, random);
    const found = node.attribute.find(({ type }) => type === AttributeType.INT);
    if (!found) return 'nothing';
    found.i = pick(absurd, random);
    return `${node.name}: ${found.name} = ${found.i}`;
  },
  function tensorDim(graph, random) {
    const tensor = pick(graph.initializer, random);
    const at = random.below(tensor.dims.length || 1);
    tensor.dims[at] = pick(absurd, random);
    return `tensor ${tensor.name}: dims[${at}] = ${tensor.dims[at]}`;
  },
  function tensorType(graph, random) {
    const tensor = pick(graph.initializer, random);
    tensor.dataType = 1 + random.below(26);
    return `tensor ${tensor.name}: type ${tensor.dataType}`;
  },
  function shapeValue(graph, random) {
    const constants = graph.node.flatMap(({ attribute }) => attribute.flatMap(({ t }) => t ?? []));
    const shapes = [...graph.initializer, ...constants].filter(
      ({ dataType, rawData }) => dataType === 7 && rawData.length > 0,
    );
    if (shapes.length === 0) return 'nothing';
    const shape = pick(shapes, random);
    const values = new BigInt64Array(shape.rawData.slice().buffer);
    const at = random.below(values.length);
    values[at] = pick(absurd, random);
    shape.rawData = new Uint8Array(values.buffer);
    return `tensor ${shape.name}: value[${at}] = ${values[at]}`;
  },
  function declaredDim(graph, random) {
    const value = pick([...graph.input, ...graph.output, ...graph.valueInfo], random);
    const dims = value.type?.value.case === 'tensorType' ? value.type.value.value.shape?.dim : undefined;
    if (!dims?.length) return 'nothing';
    const at = random.below(dims.length);
    const size = pick(absurd, random);
    dims[at].value = { case: 'dimValue', value: size };
    return `value ${value.name}: dims[${at}] = ${size}`;
  },
  function wire(graph, random) {
    const node = pick(graph.node, random);
    const sources = [...pick(graph.node, random).output, ...graph.initializer.map(({ name }) => name), 'input', ''];
    const at = random.below(node.input.length || 1);
    node.input[at] = pick(sources, random);
    return `${node.name}: input[${at}] = ${node.input[at]}`;
  },
  function operator(graph, random) {
    const node = pick(graph.node, random);
    node.opType = pick(graph.node, random).opType;
    return `${node.name}: operator ${node.opType}`;
  },
];
