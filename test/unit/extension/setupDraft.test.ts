import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataCandidate } from '../../../src/contract/setup.js';
import { choicesOf, withScaling } from '../../../src/extension/setup/answers.js';
import {
  type Choices,
  channelsOf,
  draftOf,
  inRange,
  parseNames,
  parseNumbers,
  settingsText,
} from '../../../src/extension/setup/draft.js';
import { parseConfig } from '../../../src/project/config.js';

const home = path.resolve('/home/ada/models');
const model = path.join(home, 'net.onnx');
const found = { folder: home, above: path.dirname(home) };

function candidate(source: DataCandidate['source'], more: Partial<DataCandidate> = {}): DataCandidate {
  return {
    ...{ title: 'IDX pair', detail: 'x', split: 'train', source, input: { size: [4, 4], channels: 1 }, samples: 9 },
    ...{ shape: [4, 4, 1], statistics: null, classes: null, labelCount: 3, problem: null, ...more },
  };
}

const near = candidate({ format: 'idx', images: 'data/a', labels: 'data/b', layout: 'nhwc' });
const beside = candidate({ format: 'npz', path: '../data/t.npz', x: 'path', y: '../y' });
const choices = (more: Partial<Choices> = {}): Choices => ({
  ...{ train: near, test: null, classes: { kind: 'numbers' }, scaling: {}, ...more },
});

describe('the draft of a lethe.json', () => {
  it('says what was chosen, and no more', () => {
    expect(draftOf(model, found, choices())).toEqual({
      folder: home,
      config: {
        models: ['net.onnx'],
        input: { size: [4, 4], channels: 1 },
        data: { train: { format: 'idx', images: 'data/a', labels: 'data/b', layout: 'nhwc' } },
      },
    });
  });

  it('is one that loads', async () => {
    const scaling = { range: [0, 255], mean: [1, 2, 3], std: 2, channelOrder: 'bgr' } as const;
    const names = { kind: 'names', names: ['a', 'b'] } as const;
    const { folder, config } = draftOf(model, found, choices({ scaling, classes: names, layout: 'nhwc' }));
    const loaded = await parseConfig(path.join(folder, 'lethe.json'), JSON.stringify(config));
    expect(loaded).toMatchObject({ classes: ['a', 'b'], input: { ...scaling, layout: 'nhwc', size: [4, 4] } });
  });

  it('lies one folder up where something lies beside the folder of the model', () => {
    const file = { kind: 'file', path: 'classes.txt' } as const;
    const { folder, config } = draftOf(model, found, choices({ test: beside, classes: file }));
    expect(folder).toBe(path.dirname(home));
    expect(config).toMatchObject({
      models: ['models/net.onnx'],
      classes: 'models/classes.txt',
      data: {
        train: { images: 'models/data/a', labels: 'models/data/b' },
        test: { format: 'npz', path: 'data/t.npz', x: 'path', y: '../y' },
      },
    });
  });

  it('stays where it is if going up does not help, or is not possible', () => {
    const far = candidate({ format: 'cifar10', path: '../../far' });
    for (const test of [far, beside]) {
      const { folder, config } = draftOf(model, test === far ? found : { ...found, above: null }, choices({ test }));
      expect(folder).toBe(home);
      expect(config).toMatchObject({ models: ['net.onnx'], data: { test: { path: test.source.path } } });
    }
  });

  it('leaves out answers that are the default', () => {
    const given = { train: near, range: [0, 1], channelOrder: 'rgb', normalisation: {} } as const;
    expect(choicesOf(given)).toEqual({
      ...{ train: near, test: null, layout: undefined, classes: { kind: 'numbers' }, scaling: {} },
    });
  });

  it('takes all of a suggestion, and nothing of what was before', () => {
    const before = { train: near, range: [0, 255], channelOrder: 'bgr', normalisation: { mean: 3, std: 4 } } as const;
    expect(choicesOf(withScaling(before, { std: 0.5 })).scaling).toEqual({ std: 0.5 });
    const other = { range: [-1, 1], channelOrder: 'bgr' } as const;
    expect(choicesOf(withScaling(before, other)).scaling).toEqual(other);
  });
});

describe('what is typed and shown', () => {
  it('scales the mean of values from 0 to 1 to another range and order', () => {
    const statistics = { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] };
    expect(inRange(statistics, {})).toEqual(statistics);
    expect(inRange(statistics, { range: [0, 255], channelOrder: 'bgr' })).toEqual({
      mean: [76.5, 51, 25.5],
      std: [153, 127.5, 102],
    });
    expect(inRange({ mean: [0.5], std: [0.25] }, { range: [-1, 1] })).toEqual({ mean: 0, std: 0.5 });
  });

  it('reads one number, or one a channel', () => {
    expect(parseNumbers('0.5', 3)).toBe(0.5);
    expect(parseNumbers(' 1, 2;3 ', 3)).toEqual([1, 2, 3]);
    for (const [text, problem] of [
      ['', 'Type one number, or 3'],
      ['a', 'Type one number, or 3'],
      ['1, 2', 'one for each of the 3 channels'],
      ['1, 0, 2', 'more than 0'],
    ]) {
      expect(parseNumbers(text, 3, true)).toEqual({ problem: expect.stringContaining(problem) });
    }
  });

  it('reads names, as many as outputs', () => {
    expect(parseNames('cat, hot dog,eel', 3)).toEqual(['cat', 'hot dog', 'eel']);
    expect(parseNames('cat, dog', null)).toEqual(['cat', 'dog']);
    for (const [text, count, problem] of [
      ['cat, dog', 3, 'has 3 outputs, these are 2'],
      ['cat', null, 'at least 2 outputs'],
      ['cat, , dog', 3, 'missing'],
      ['cat, dog, cat', 3, '"cat" stands there twice'],
    ] as const) {
      expect(parseNames(text, count)).toEqual({ problem: expect.stringContaining(problem) });
    }
  });

  it('says what was tried', () => {
    expect(settingsText(choices({ scaling: { range: [0, 255], mean: 3 } }))).toEqual([
      ...['x (a part of it is held out for tests)', 'Values 0..255', 'Mean 3, std 1', 'Classes are numbered'],
    ]);
    const rows = candidate({ format: 'csv', path: 'a.csv', label: 0 }, { shape: [4], input: {} });
    expect(settingsText(choices({ train: rows }))).toContain('Values as they are stored');
    expect(channelsOf(rows)).toBe(1);
    expect(channelsOf(candidate({ format: 'npz' }, { shape: [4, 4, 3], input: {} }))).toBe(3);
  });
});
