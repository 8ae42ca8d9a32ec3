import { expect, it } from 'vitest';
import { modelName } from '../../../webview/studio/format.js';

it.each([
  ['/home/ada/models/fashion.onnx', 'fashion.onnx'],
  ['/home/ada/models/model.forget-shirt/model.json', 'model.forget-shirt'],
  ['C:\\models\\fashion\\model.json', 'fashion'],
  ['model.json', 'model.json'],
])('the model %s is called %s', (file, name) => {
  expect(modelName(file)).toBe(name);
});
