import type { TextRange } from '../contract/terms.js';

/** The start of a text file, for what is wrong with all of it. */
export const START: TextRange = { line: 1, column: 1, endLine: 1, endColumn: 2 };

/**
 * A stretch of text as editors count: lines and columns from 1, columns in UTF-16 units, lines ending with CRLF, LF or CR.
 * @param text without a byte order mark, which editors do not count either.
 */
export function textRange(text: string, offset: number, length: number): TextRange {
  const start = position(text, offset);
  const end = position(text, offset + length);
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

function position(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: lines[lines.length - 1].length + 1 };
}
