import { describe, expect, it } from 'vitest';
import { baseName, modelName, modelPath } from '../../../src/contract/names.js';

it.each([
  ['/home/ada/models/fashion.onnx', 'fashion.onnx'],
  ['C:\\models\\fashion.onnx', 'fashion.onnx'],
  ['fashion.onnx', 'fashion.onnx'],
  ['', ''],
])('the last part of %j is %j', (path, name) => {
  expect(baseName(path)).toBe(name);
});

describe('a model', () => {
  it.each([
    ['/home/ada/models/fashion.onnx', 'fashion.onnx'],
    ['/home/ada/models/model.forget-shirt/model.json', 'model.forget-shirt'],
    ['C:\\models\\fashion\\model.json', 'fashion'],
    ['C:\\models/fashion/Model.JSON', 'fashion'],
    ['fashion/model.json', 'fashion'],
    // Any other name is the model's own.
    ['/home/ada/fashion/fashion.json', 'fashion.json'],
    // An output that is a folder.
    ['/home/ada/models/model.forget-shirt', 'model.forget-shirt'],
    // No folder that could tell it.
    ['model.json', 'model.json'],
    ['./model.json', 'model.json'],
    ['../model.json', 'model.json'],
    ['/model.json', 'model.json'],
    ['C:\\model.json', 'model.json'],
  ])('in %s is called %s', (path, name) => {
    expect(modelName(path)).toBe(name);
  });

  it.each([
    ['main/tfjs/shapes/model.json', 'main/tfjs/shapes'],
    ['main/plain/shapes.onnx', 'main/plain/shapes.onnx'],
    ['model.json', 'model.json'],
  ])('at %s is found at %s', (path, place) => {
    expect(modelPath(path)).toBe(place);
  });
});
