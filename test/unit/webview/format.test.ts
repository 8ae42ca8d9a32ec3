import { expect, it } from 'vitest';
import { modelName } from '../../../webview/studio/format.js';
import { directions } from '../../../webview/studio/views/layers/dimensions.js';

it.each([
  ['/home/ada/models/fashion.onnx', 'fashion.onnx'],
  ['/home/ada/models/model.forget-shirt/model.json', 'model.forget-shirt'],
  ['C:\\models\\fashion\\model.json', 'fashion'],
  ['model.json', 'model.json'],
])('the model %s is called %s', (file, name) => {
  expect(modelName(file)).toBe(name);
});

it.each([
  [null, '–'],
  [0, '0.0'],
  [0.034, '0.03'],
  [0.1, '0.1'],
  [6518.46, '6,518.5'],
])('%s directions are written %s', (dimension, text) => {
  expect(directions(dimension)).toBe(text);
});
