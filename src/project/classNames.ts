import { LetheError } from '../base/errors.js';
import { suggestion } from '../base/nearest.js';
import type { Problem } from './jsonText.js';

/**
 * The index of a class, `undefined` if there is none. A number is an output's index, a text a name or, where no class is called
 * so, an index.
 */
export function classIndex(wanted: string | number, classes: readonly string[]): number | undefined {
  const named = typeof wanted === 'string' ? classes.indexOf(wanted) : -1;
  if (named >= 0) return named;
  const index = /^\d+$/.test(String(wanted)) ? Number(wanted) : -1;
  return index >= 0 && index < classes.length ? index : undefined;
}

/** Indices of classes given by names or indices, each once. @throws LetheError `class-unknown` with the nearest names. */
export function classIndices(wanted: readonly (string | number)[], classes: readonly string[]): number[] {
  const found = wanted.map((name) => {
    const index = classIndex(name, classes);
    if (index !== undefined) return index;
    throw new LetheError('class-unknown', {
      message: `there is no class ${JSON.stringify(String(name))}`,
      hint: suggestion(String(name), classes),
    });
  });
  return [...new Set(found)];
}

/** Names for a model whose classes nobody named: `0`, `1`, ... */
export function numberedClasses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

/** Class names from a text file, a name a line, and what is wrong with them. */
export function parseClassFile(file: string, text: string): { classes: string[]; problems: Problem[] } {
  const written = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const lines = written.map((line) => line.trim());
  while (lines.length > 0 && lines[lines.length - 1] === '') lines.pop();
  const problems: Problem[] = [];
  const problem = (line: number, message: string, hint: string) => {
    const length = written[line].length;
    const range = { line: line + 1, column: 1, endLine: line + 1, endColumn: length + 1 };
    problems.push({ file, ...range, offset: 0, length, path: '', message, hint });
  };
  if (lines.length < 2)
    problem(0, `holds ${lines.length} class names`, 'Write one class name a line, in the order of the outputs.');
  for (const [at, name] of lines.entries()) {
    if (name === '') problem(at, 'an empty line stands for no class', 'Remove the line or name the class.');
    else if (lines.indexOf(name) < at) problem(at, repeated(name, `line ${lines.indexOf(name) + 1}`), UNIQUE);
  }
  return { classes: lines, problems };
}

export const UNIQUE = 'Give every class a name of its own, in the order of the outputs.';

export function repeated(name: string, where: string): string {
  return `the class name ${JSON.stringify(name)} is taken already by ${where}`;
}
