import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import { file, isThere, lethe, tidyUp } from '../support/lethe.js';

/** Where an allocator that is not plain Node's gives up first: in the editor that runs this suite, desktop VS Code for one. */
describe('Large tensors and an image folder', () => {
  const model = file('large/large.onnx');
  after(tidyUp);

  it('tells the facts of a weight of 128 MiB from the headers', async () => {
    const { services } = await lethe();
    const { classCount, layers, files } = await services.engine.run('inspect', { model: model.fsPath });
    assert.equal(classCount, 3);
    assert.ok(files[0].bytes > 128 * 2 ** 20);
    assert.deepEqual(
      layers.map(({ in: from, out }) => [from, out]),
      [
        [3, 64],
        [64, 16],
        [16384, 2048],
        [2048, 3],
      ],
    );
  });

  it('makes it forget, from PNG and JPEG files, through activations of 256 MiB', async function () {
    this.timeout(300_000);
    const { services } = await lethe();
    const {
      before,
      after: now,
      output,
      perClass,
    } = await services.jobs.unlearn(model.fsPath, {
      ...{ model: model.fsPath, forget: ['Red'], alphaR: [100], alphaF: [100], maxPatches: 500 },
    });
    assert.deepEqual(
      perClass.map(({ class: name }) => name),
      ['Red', 'Green', 'Blue'],
    );
    assert.ok(before.forgetAccuracy > 0.9 && before.retainAccuracy > 0.9, JSON.stringify(before));
    assert.ok(now.forgetAccuracy <= 0.05 && now.retainAccuracy > 0.9, JSON.stringify(now));
    assert.equal(output, file('large/large.forget-red.onnx').fsPath);
    assert.ok(await isThere(file('large/large.forget-red.onnx')));
  });
});
