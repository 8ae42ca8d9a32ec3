import { describe, expect, it } from 'vitest';
import { JsonText } from '../../../src/project/jsonText.js';

describe('JsonText', () => {
  it('reads comments and trailing commas', () => {
    const json = new JsonText('f.json', '// hello\n{ "a": [1, 2,], /* x */ }');
    expect(json.problems).toEqual([]);
    expect(json.value).toEqual({ a: [1, 2] });
  });

  it('says where the syntax breaks', () => {
    const json = new JsonText('f.json', '{\n  "a": 1\n  "b": 2\n}');
    expect(json.problems[0]).toMatchObject({ line: 3, column: 3, message: 'a comma is missing here' });
  });

  it('names a setting that stands twice, at its second place', () => {
    const json = new JsonText('f.json', '{ "a": 1,\r\n  "a": 2 }');
    expect(json.problems).toMatchObject([{ line: 2, column: 3, path: 'a', message: '"a" stands here twice' }]);
  });

  it('has a place for a value, for a key, and for what is missing', () => {
    const json = new JsonText('f.json', '{\n  "list": [\n    { "x": 1 }\n  ]\n}');
    expect(json.problem(['list', 0, 'x'], 'm')).toMatchObject({ line: 3, column: 12, path: 'list[0].x' });
    expect(json.problem(['list', 0], 'm', undefined, 'x')).toMatchObject({ line: 3, column: 7, path: 'list[0].x' });
    expect(json.problem(['list', 0, 'y'], 'm')).toMatchObject({ line: 3, column: 5, path: 'list[0].y' });
  });

  it.each(['', '   \n'])('calls an empty file empty: %j', (text) => {
    expect(new JsonText('f.json', text).problems.length).toBeGreaterThan(0);
  });

  it('survives depth that would overflow a recursive reader', () => {
    const text = '['.repeat(100_000);
    expect(() => new JsonText('f.json', text)).not.toThrow();
    expect(new JsonText('f.json', text).problems.length).toBeGreaterThan(0);
  });

  it('tells ranges as editors do: CRLF, lone CR, a byte order mark, and characters of two units', () => {
    const json = new JsonText('f.json', '\uFEFF{ "😀": 1,\r\n  "list": [\r    {\n"x": 1 }\r\n  ] }');
    expect(json.range([])).toEqual({ line: 1, column: 1, endLine: 5, endColumn: 6 });
    expect(json.range(['😀'])).toEqual({ line: 1, column: 9, endLine: 1, endColumn: 10 });
    expect(json.range(['list', 0])).toEqual({ line: 3, column: 5, endLine: 4, endColumn: 9 });
    expect(json.problem(['list', 0, 'x'], 'm')).toMatchObject({ line: 4, column: 6, endLine: 4, endColumn: 7 });
    expect(json.problem([], 'm', undefined, 'list')).toMatchObject({ line: 2, column: 3, endLine: 2, endColumn: 9 });
  });
});
