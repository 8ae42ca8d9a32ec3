import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { locateInside } from '../../../src/models/location.js';
import { detectFormat, inspectModel, openModel } from '../../../src/models/registry.js';
import { temporaryFolder } from '../../support/folders.js';

const fixture = path.resolve(import.meta.dirname, '../../fixtures/onnx/plain.script.onnx');

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('the registry', () => {
  it('knows an ONNX file by its name, by its first bytes, and alone in a folder', async () => {
    const named = path.join(folder, 'model.onnx');
    await copyFile(fixture, named);
    expect(await detectFormat(named)).toMatchObject({ path: named, format: { name: 'onnx' } });
    expect(await detectFormat(folder)).toMatchObject({ path: named, format: { name: 'onnx' } });
    const unnamed = path.join(folder, 'checkpoint');
    await copyFile(fixture, unnamed);
    expect(await detectFormat(unnamed)).toMatchObject({ path: unnamed, format: { name: 'onnx' } });
  });

  it('opens and inspects through the format', async () => {
    const facts = await inspectModel(fixture);
    expect(facts).toMatchObject({ format: 'onnx', classCount: 5, files: [{ path: fixture }] });
    const model = await openModel(fixture, { threads: 1 });
    expect(model).toMatchObject({ format: 'onnx', path: fixture, classCount: 5 });
    expect(model.layers).toEqual(facts.layers);
    await model.dispose();
  });

  it('says which formats there are when it knows none', async () => {
    const text = path.join(folder, 'notes.txt');
    await writeFile(text, 'no model at all, only words and words');
    await expect(openModel(text)).rejects.toMatchObject({
      code: 'format-unknown',
      message: `${text}: is not a model file of a known format`,
      hint: expect.stringMatching(/ONNX, TensorFlow.js layers model, TensorFlow.js graph model/),
    });
    const json = path.join(folder, 'package.json');
    await writeFile(json, '{"name": "something else"}');
    await expect(inspectModel(json)).rejects.toMatchObject({ code: 'format-unknown' });
  });

  it('says what to name in a folder without one model', async () => {
    await expect(openModel(folder)).rejects.toMatchObject({
      code: 'format-unknown',
      message: `${folder}: is a folder without a model file`,
    });
    await copyFile(fixture, path.join(folder, 'a.onnx'));
    await copyFile(fixture, path.join(folder, 'b.onnx'));
    await writeFile(path.join(folder, '._a.onnx'), 'what a file manager leaves');
    await expect(openModel(folder)).rejects.toMatchObject({
      message: `${folder}: is a folder with 2 model files`,
      hint: 'Name one of them: a.onnx, b.onnx.',
    });
    await expect(openModel(path.join(folder, 'nope'))).rejects.toMatchObject({ code: 'file-missing' });
  });
});

describe('a location in a model file', () => {
  it('is a file in the folder or below', async () => {
    const model = path.join(folder, 'model.json');
    await mkdir(path.join(folder, 'weights'));
    await writeFile(model, '');
    await writeFile(path.join(folder, 'weights', 'a b..bin'), '');
    const expected = path.join(folder, 'weights', 'a b..bin');
    expect(await locateInside(model, 'weights/a b..bin', { place: 'shard 1' })).toBe(expected);
    expect(await locateInside(model, './weights/a b..bin', { place: 'shard 1' })).toBe(expected);
  });

  for (const location of ['..', '../x.bin', 'weights/../../x.bin', '/x.bin', 'C:\\x.bin', 'a\0b', '', '.']) {
    it(`is refused when it leads out: ${JSON.stringify(location)}`, async () => {
      const model = path.join(folder, 'model.json');
      await writeFile(model, '');
      await expect(locateInside(model, location, { place: 'shard 1' })).rejects.toMatchObject({
        code: 'path-outside',
        file: model,
        place: 'shard 1',
      });
    });
  }

  it('that does not exist is a missing weight file', async () => {
    const model = path.join(folder, 'model.json');
    await writeFile(model, '');
    await expect(locateInside(model, 'gone.bin', { place: 'shard 2' })).rejects.toMatchObject({
      code: 'weights-missing',
      message: `${model}: shard 2: refers to "gone.bin", which does not exist`,
    });
  });
});
