import { describe, expect, it } from 'vitest';
import { format } from '../../../src/models/tfjs-graph/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { attribute, GraphBuilder } from '../../support/models/tfjsGraph.js';

describe('weights that are left alone', () => {
  it('are named with the reason', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('x', [-1, 6]);
    const square = (name: string) => graph.randomWeight(name, [6, 6]);
    const scaled = graph.node('Mul', 'scaled', [square('w1'), graph.randomWeight('scale', [6])]);
    const computed = graph.node('MatMul', 'computed', [input, scaled]);
    const both = square('w2');
    const one = graph.node('MatMul', 'one', [computed, both]);
    const other = graph.node('MatMul', 'other', [one, both], { transpose_b: attribute.flag(true) });
    const third = square('w3');
    const used = graph.node('MatMul', 'used', [other, third]);
    const added = graph.node('AddV2', 'added', [used, third]);
    const attention = graph.node('MatMul', 'attention', [added, used], { transpose_b: attribute.flag(true) });
    const left = graph.node('MatMul', 'left', [square('w4'), attention]);
    graph.classify(left, 6);
    const facts = await format.inspect(await graph.write(await temporaryFolder()));
    expect(facts.layers.map(({ id }) => id)).toEqual(['scores']);
    expect(Object.fromEntries(facts.skipped.map(({ name, reason }) => [name, reason]))).toEqual({
      computed: 'its weight is computed when the model runs',
      one: 'its weight is also used in another form',
      other: 'its weight is also used in another form',
      used: 'its weight is also used in another form',
      left: 'its weight stands on the left of a product without batch',
    });
  });
});

describe('graphs that cannot be classified with', () => {
  const refusal = async (
    build: (graph: GraphBuilder, input: string) => void,
    options?: Parameters<GraphBuilder['write']>[1],
  ) => {
    const graph = new GraphBuilder();
    build(graph, graph.input('x', [-1, 6]));
    return format.open(await graph.write(await temporaryFolder(), options)).then(
      () => expect.fail('opened'),
      (error) => error,
    );
  };

  it.each([
    ['While', {}, /uses the operation While \("probe"\), which cannot be run here: control flow/],
    ['Where', {}, /uses the operation Where \("probe"\).*the size of its result depends on the values/],
    ['StringSplit', {}, /uses the operation StringSplit \("probe"\).*it works on text/],
    ['Identity', { T: { type: 'DT_STRING' } }, /uses the operation Identity \("probe"\).*it works on text/],
    ['MadeUp', {}, /uses the operation MadeUp, which TensorFlow\.js does not know/],
    [
      'Einsum',
      { equation: attribute.text('ij,jk->ik') },
      /uses the operation Einsum, which TensorFlow\.js cannot run on WebAssembly/,
    ],
  ])('name the operation %s', async (op, attributes, message) => {
    const error = await refusal((graph, input) => {
      const kernel = graph.randomWeight('kernel', [6, 6]);
      graph.classify(graph.node(op, 'probe', [input, kernel], attributes as never), 6);
    });
    expect(error).toMatchObject({ code: 'model-unsupported', message: expect.stringMatching(message) });
    expect(error.hint).toBeTruthy();
  });

  it('name several inputs and outputs', async () => {
    const two = await refusal((graph, input) => {
      graph.node('AddV2', 'sum', [input, graph.input('y', [-1, 6])]);
    });
    expect(two).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('has 2 inputs (x, y)') });
    const outputs = await refusal((graph, input) => {
      graph.node('Relu', 'a', [input]);
      graph.node('Relu', 'b', [input]);
    });
    expect(outputs).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('has 2 outputs (a, b)'),
    });
  });

  it('name an output of one value, and one of images', async () => {
    const regression = await refusal((graph, input) => {
      graph.node('MatMul', 'score', [input, graph.randomWeight('kernel', [6, 1])]);
    });
    expect(regression).toMatchObject({ code: 'not-a-classifier', message: expect.stringContaining('[1, 1]') });
    const images = await refusal((graph, input) => {
      graph.node('Reshape', 'image', [input, graph.integers('shape', [-1, 3, 2])]);
    });
    expect(images).toMatchObject({ code: 'not-a-classifier', message: expect.stringContaining('[1, 3, 2]') });
  });

  it('say where the graph is damaged', async () => {
    const missing = await refusal((graph, input) => {
      graph.node('Relu', 'probe', [input, 'nowhere']);
    });
    expect(missing).toMatchObject({
      code: 'model-corrupt',
      place: expect.stringMatching(/^line 1, column \d+$/),
      message: expect.stringContaining('the node "probe" reads "nowhere", which no node makes'),
    });
    const circle = await refusal((graph, input) => {
      graph.node('AddV2', 'a', [input, 'b']);
      graph.node('Relu', 'b', ['a']);
      graph.node('Relu', 'c', ['b']);
    });
    expect(circle).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('in a circle') });
    const huge = await refusal((graph, input) => {
      const shape = graph.integers('times', [1_000_000, 1_000_000]);
      graph.node('Tile', 'probe', [input, shape]);
    });
    expect(huge).toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining('the Tile "probe" is asked for the size [1000000, 1000000]'),
    });
  });

  it('refuse a strided convolution in the layout that TensorFlow.js misreads, and run none on WebAssembly', async () => {
    const nchw = (strides: number[]) =>
      refusal((graph, input) => {
        const image = graph.node('Reshape', 'image', [input, graph.integers('size', [-1, 1, 3, 2])]);
        const kernel = graph.weight('kernel', [1, 1, 1, 2], [1, 2]);
        graph.conv('Conv2D', 'probe', [image, kernel], { strides, format: 'NCHW' });
        graph.classify('probe', 12);
      });
    expect(await nchw([2, 2])).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('"probe" is strided in the NCHW layout, which TensorFlow.js misreads'),
    });
    expect(await nchw([1, 1])).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining("does not support dataFormat:'channelsFirst'"),
    });
  });
});
