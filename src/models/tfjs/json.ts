import { readFile } from 'node:fs/promises';
import { findNodeAtLocation, type Node, parseTree, visit } from 'jsonc-parser';
import { type ErrorDetails, LetheError } from '../../base/errors.js';
import { withFile } from '../../base/files.js';
import { START, textRange } from '../../base/textRange.js';
import type { TextRange } from '../../contract/terms.js';

export type JsonPath = readonly (string | number)[];

/** Topologies of the largest published models take a few MiB; beyond this a file is something else, or meant to stall. */
const MAX_BYTES = 64 * 2 ** 20;

/** A parsed JSON file that can say where in it something stands. */
export interface JsonFile {
  readonly path: string;
  readonly text: string;
  readonly value: unknown;
}

/**
 * Reads a whole JSON file.
 * @throws LetheError `model-corrupt` with line and column of the first syntax error, `model-unsupported` over 64 MiB,
 *   `file-missing`, `file-unreadable`.
 */
export async function readJson(path: string): Promise<JsonFile> {
  const bytes = await withFile(path, async (_, size) => size);
  if (bytes > MAX_BYTES) {
    throw new LetheError('model-unsupported', {
      message: `has ${bytes} bytes, more than the ${MAX_BYTES} a model.json may have`,
      file: path,
      hint: 'Check that this is the model.json and not its weights.',
    });
  }
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  try {
    return { path, text, value: JSON.parse(text) };
  } catch (cause) {
    throw new LetheError('model-corrupt', {
      message: 'is not valid JSON',
      file: path,
      ...where(path, firstSyntaxError(text)),
      hint: 'The file may be cut off: fetch or convert it again.',
      cause,
    });
  }
}

/** Where the value at `path` stands, or the nearest enclosing one that exists, as an error says it. */
export function placeOf(json: JsonFile, path: JsonPath): Pick<ErrorDetails, 'place' | 'at'> {
  return where(json.path, textRangeOf(json, path));
}

/** The range of the value at `path`, or of the nearest enclosing one that exists. */
export function textRangeOf(json: JsonFile, path: JsonPath): TextRange {
  const root = jsonTree(json);
  for (let length = path.length; root && length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return textRange(json.text, node.offset, node.length);
  }
  return START;
}

function where(file: string, range: TextRange): Pick<ErrorDetails, 'place' | 'at'> {
  return { place: `line ${range.line}, column ${range.column}`, at: { file, range } };
}

const trees = new WeakMap<JsonFile, Node | undefined>();

/** The syntax tree of a JSON file, made when first asked for. @throws LetheError `model-corrupt` if it is nested too deeply to walk. */
export function jsonTree(json: JsonFile): Node | undefined {
  try {
    if (!trees.has(json)) trees.set(json, parseTree(json.text));
    return trees.get(json);
  } catch (cause) {
    throw new LetheError('model-corrupt', { message: 'is nested too deeply', file: json.path, cause });
  }
}

function firstSyntaxError(text: string): TextRange {
  let range = START;
  const found = new Error('found');
  try {
    visit(
      text,
      {
        onError: (_, offset, length) => {
          range = textRange(text, offset, length);
          throw found;
        },
      },
      { disallowComments: true },
    );
  } catch {
    // Either the error that was looked for, or nesting too deep to find it: then the start has to do.
  }
  return range;
}
