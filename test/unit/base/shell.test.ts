import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from '../../../src/base/shell.js';

it('leaves plain words as they are', () => {
  expect(['lethe', '--alpha-r', '10,30', 'a/b.onnx', 'key=value'].map(shellWord)).toEqual([
    'lethe',
    '--alpha-r',
    '10,30',
    'a/b.onnx',
    'key=value',
  ]);
});

const words = [
  'two words',
  '',
  '$(touch /tmp/x)',
  '`id`',
  '"; rm -rf ~; "',
  "it's",
  '$HOME',
  'a\\,b',
  '!!',
  '*',
  '衬衫',
  'a\nb',
];

it.skipIf(process.platform === 'win32')('gives the shell back the very words, and nothing runs', () => {
  const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
});
