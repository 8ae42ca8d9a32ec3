import { expect, it } from 'vitest';
import { projectionRecipe, refitRecipe } from '../../../src/contract/recipes.js';
import { settingsOf } from '../../../src/contract/settings.js';
import { commandText, requestAgain } from '../../../src/extension/flows/commandText.js';

const MODEL = '/home/ada/project/fashion.onnx';
const recipe = refitRecipe(300, 10);

it('names the model from the folder that the command is run in', () => {
  expect(commandText({ model: MODEL, forget: ['Shirt'] }, '/home/ada')).toBe(
    'lethe unlearn project/fashion.onnx --forget Shirt',
  );
  expect(commandText({ model: MODEL })).toBe('lethe unlearn /home/ada/project/fashion.onnx');
});

it.skipIf(process.platform === 'win32')('quotes what a shell would take apart, and commas of names', () => {
  const request = { model: MODEL, forget: ['$(reboot)', 'salt, pepper', "it's", 3], layers: 'block*' };
  expect(commandText(request, '/home/ada/project')).toBe(
    `lethe unlearn fashion.onnx --forget '$(reboot),salt\\, pepper,it'\\''s,3' --layers 'block*'`,
  );
});

it('leaves out what is not set', () => {
  const request = { model: MODEL, samples: undefined, layers: '', seed: 0, allowOutside: false };
  expect(commandText(request)).toBe(`lethe unlearn ${MODEL} --seed 0`);
  expect(commandText({ model: MODEL, allowOutside: true })).toBe(`lethe unlearn ${MODEL} --allow-outside`);
});

it('leaves to the run what is left to it, and tells a tolerance and a depth of 0', () => {
  expect(commandText({ model: MODEL, alphaR: null, alphaF: null, depth: null })).toBe(`lethe unlearn ${MODEL}`);
  expect(commandText({ model: MODEL, tolerance: 0 })).toBe(`lethe unlearn ${MODEL} --tolerance 0`);
  expect(commandText({ model: MODEL, method: 'projection', depth: 0 })).toBe(
    `lethe unlearn ${MODEL} --method projection --depth 0`,
  );
});

it('asks for a run with the usual settings again by its recipe alone', () => {
  const request = requestAgain(MODEL, ['Shirt'], settingsOf({}), recipe);
  expect(commandText(request)).toBe(`lethe unlearn ${MODEL} --forget Shirt --alpha-r 300 --alpha-f 10`);
});

it('asks for the method that made it', () => {
  const request = requestAgain(MODEL, ['Shirt'], settingsOf({ method: 'projection' }), projectionRecipe(30, 3));
  expect(commandText(request)).toBe(
    `lethe unlearn ${MODEL} --forget Shirt --method projection --alpha-r 30 --alpha-f 3`,
  );
});

it('does not ask how to choose, as there is one candidate', () => {
  const request = requestAgain(MODEL, ['Shirt'], settingsOf({ tolerance: 0.2, depth: 1 }), recipe);
  expect(request).toEqual({ model: MODEL, forget: ['Shirt'], alphaR: [300], alphaF: [10] });
});

it('tells every setting that is not the usual one', () => {
  const unusual = { samples: 50, forgetSamples: 70, maxPatches: 500, layers: 'conv*', seed: 7, memory: 2 ** 29 };
  const request = requestAgain(MODEL, ['Shirt'], settingsOf({ ...unusual, alphaR: [1, 2] }), recipe);
  expect(request).toEqual({ model: MODEL, forget: ['Shirt'], alphaR: [300], alphaF: [10], ...unusual });
  expect(commandText(request)).toContain(
    '--forget Shirt --alpha-r 300 --alpha-f 10 --samples 50 --forget-samples 70 --max-patches 500',
  );
  expect(commandText(request)).toContain('--memory 536870912 --seed 7');
});

it('tells samples of the classes to forget only where they are not what follows from the others', () => {
  const few = requestAgain(MODEL, [], settingsOf({ samples: 50 }), recipe);
  expect(few).toEqual({ model: MODEL, forget: [], alphaR: [300], alphaF: [10], samples: 50 });
  expect(requestAgain(MODEL, [], settingsOf({ samples: 50, forgetSamples: 900 }), recipe).forgetSamples).toBe(900);
});
