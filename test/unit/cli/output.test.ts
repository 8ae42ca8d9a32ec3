import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import { describeError, errorDocument, exitCode } from '../../../src/cli/exit.js';
import { alphas, integer, memory, names, oneOf, share } from '../../../src/cli/options.js';
import { ProgressView } from '../../../src/cli/progress.js';
import { clean, Style } from '../../../src/cli/style.js';
import { table } from '../../../src/cli/table.js';
import { PHASES, type Phase } from '../../../src/contract/progress.js';
import { ConfigError } from '../../../src/project/configError.js';

const ERASE = '\r\u001b[2K';
const plain = new Style({ isTTY: false }, {});

describe('options', () => {
  it('read numbers, lists, names and amounts of memory', () => {
    expect(integer('--samples', 1)('900')).toBe(900);
    expect(alphas('--alpha-r')('10, 30,1e3')).toEqual([10, 30, 1000]);
    expect(names('Shirt, T-shirt/top')).toEqual(['Shirt', 'T-shirt/top']);
    expect(names('salt\\, pepper,Bag')).toEqual(['salt, pepper', 'Bag']);
    expect(share('--tolerance')('0')).toBe(0);
    expect(share('--depth')('0.25')).toBe(0.25);
    expect(oneOf(['refit', 'projection'])('--method')('refit')).toBe('refit');
    expect(memory('--memory')('2GiB')).toBe(2 ** 31);
    expect(memory('--memory')('512m')).toBe(2 ** 29);
    expect(memory('--memory')('1.5 G')).toBe(1.5 * 2 ** 30);
  });

  it.each([
    [() => integer('--samples', 1)('0'), '--samples must be a whole number from 1 on, not "0"'],
    [() => integer('--samples', 1)('1e3'), '--samples must be a whole number from 1 on, not "1e3"'],
    [() => integer('--seed', 0)('99999999999999999999'), '--seed must be a whole number'],
    [() => alphas('--alpha-f')('1,,2'), '--alpha-f must be positive numbers'],
    [() => alphas('--alpha-f')('0'), '--alpha-f must be positive numbers up to 100000 like 10,30,100, not "0"'],
    [() => alphas('--alpha-f')('100001'), '--alpha-f must be positive numbers'],
    [() => alphas('--alpha-f')('-1'), '--alpha-f must be positive numbers'],
    [() => alphas('--alpha-f')('NaN'), '--alpha-f must be positive numbers'],
    [() => share('--depth')('1.1'), '--depth must be a number from 0 to 1, not "1.1"'],
    [() => share('--depth')('-0.1'), '--depth must be a number from 0 to 1'],
    [() => share('--depth')(''), '--depth must be a number from 0 to 1'],
    [() => share('--depth')('deep'), '--depth must be a number from 0 to 1'],
    [() => oneOf(['refit', 'projection'])('--method')('prune'), '--method must be refit or projection, not "prune"'],
    [() => memory('--memory')('lots'), '--memory must be an amount'],
    [() => memory('--memory')('0'), '--memory must be an amount'],
  ])('refuse what makes no sense: %#', (parse, message) => {
    expect(parse).toThrow(message);
  });
});

describe('table', () => {
  it('aligns text of any width', () => {
    const text = table(
      [{ title: 'Class' }, { title: 'N', align: 'right' }],
      [
        ['衬衫', '1'],
        ['Shirt', '1000'],
      ],
    );
    expect(text).toBe(['Class     N', '衬衫      1', 'Shirt  1000'].join('\n'));
  });
});

describe('clean', () => {
  it('takes the power of terminals away from names in files', () => {
    expect(clean('a\u001b[31mb\nc\u202e')).toBe('a\ufffd[31mb\ufffdc\ufffd');
  });

  it('cuts long text by columns', () => {
    expect(clean('x'.repeat(100), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(clean('衬'.repeat(100), 10)).toBe('衬衬衬衬…');
  });
});

describe('Style', () => {
  it('colours terminals only, and none that ask for plain text', () => {
    expect(new Style({ isTTY: true }, {}).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(new Style({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x');
    expect(new Style({ isTTY: true }, { TERM: 'dumb' }).red('x')).toBe('x');
    expect(new Style({ isTTY: false }, {}).red('x')).toBe('x');
  });
});

describe('errors', () => {
  const problem = (line: number) => ({
    file: 'lethe.json',
    line,
    column: 3,
    endLine: line,
    endColumn: 4,
    offset: 0,
    length: 1,
    path: 'classes',
    message: `wrong ${line}`,
    hint: 'Right it.',
  });

  it('say what, where and what to do', () => {
    const error = new LetheError('weights-not-finite', {
      file: 'm.onnx',
      place: 'tensor "conv1"',
      message: 'holds 3 NaN values',
      hint: 'Train it again.',
    });
    expect(describeError(error, plain)).toBe(
      'error: holds 3 NaN values\n  where  m.onnx, tensor "conv1"\n  do     Train it again.',
    );
    expect(errorDocument(error)).toEqual({
      error: {
        code: 'weights-not-finite',
        message: 'holds 3 NaN values',
        file: 'm.onnx',
        place: 'tensor "conv1"',
        hint: 'Train it again.',
      },
    });
  });

  it('list every problem of a configuration', () => {
    const text = describeError(new ConfigError([problem(1), problem(2)]), plain);
    expect(text).toContain('2 problems');
    expect(text).toContain('lethe.json:1:3 classes: wrong 1. Right it.');
    expect(text).toContain('lethe.json:2:3 classes: wrong 2. Right it.');
  });

  it('have the exit code that fits', () => {
    const code = (name: ConstructorParameters<typeof LetheError>[0]) => exitCode(new LetheError(name, { message: '' }));
    expect([code('usage'), code('disk-full'), code('model-corrupt'), code('config-invalid')]).toEqual([2, 2, 2, 2]);
    expect([code('no-candidate'), code('cancelled'), code('out-of-memory'), exitCode(new Error())]).toEqual([
      4, 130, 1, 1,
    ]);
  });

  it('own up to defects with a stack', () => {
    expect(describeError(new TypeError('x is undefined'), plain)).toMatch(
      /defect of Lethe.*\n.*x is undefined\n\s+at /,
    );
  });
});

describe('ProgressView', () => {
  function view(isTTY: boolean) {
    const stream = Object.assign(new PassThrough(), { isTTY, columns: 60 });
    const shown = () => String(stream.read() ?? '');
    return { view: new ProgressView(stream, plain), shown };
  }

  it('writes a plain line a phase where there is no terminal', () => {
    const { view: progress, shown } = view(false);
    for (let done = 1; done <= 5; done++) progress.update({ phase: 'load', done, total: 5 });
    progress.update({ phase: 'search', done: 1, total: 2 });
    progress.close();
    expect(shown()).toMatch(/^Loading the model {7}0\.\d s\nTrying candidates {7}0\.\d s\n$/);
  });

  it('aligns the times of all phases', () => {
    const { view: progress, shown } = view(false);
    for (const phase of Object.keys(PHASES) as Phase[]) progress.update({ phase, done: 1, total: 2 });
    progress.close();
    const lines = shown().trimEnd().split('\n');
    expect(lines).toHaveLength(Object.keys(PHASES).length);
    expect(new Set(lines.map((line) => line.search(/0\.\d s$/))).size).toBe(1);
  });

  it('moves one line on a terminal, cut to its width', () => {
    const { view: progress, shown } = view(true);
    progress.update({ phase: 'search', done: 12, total: 24, detail: 'a detail that is much too long for it' });
    const line = shown();
    expect(line.startsWith(`${ERASE}Trying candidates       ${'━'.repeat(24)}  50%`)).toBe(true);
    expect(line.length).toBeLessThanOrEqual(60 + ERASE.length);
    progress.close();
    expect(shown()).toMatch(/Trying candidates +0\.\d s\n$/);
  });
});
