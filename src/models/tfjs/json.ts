import { readFile } from 'node:fs/promises';
import { findNodeAtLocation, type Node, parseTree, visit } from 'jsonc-parser';
import { LetheError } from '../../base/errors.js';
import { withFile } from '../../base/files.js';

export type JsonPath = readonly (string | number)[];

/** Topologies of the largest published models take a few MiB; beyond this a file is something else, or meant to stall. */
const maxBytes = 64 * 2 ** 20;

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
  if (bytes > maxBytes) {
    throw new LetheError('model-unsupported', {
      message: `has ${bytes} bytes, more than the ${maxBytes} a model.json may have`,
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
      place: firstSyntaxError(text),
      hint: 'The file may be cut off: fetch or convert it again.',
      cause,
    });
  }
}

/** `line 3, column 14`: where the value at `path` stands, or the nearest enclosing one that exists. */
export function placeOf(json: JsonFile, path: JsonPath): string {
  const root = jsonTree(json);
  for (let length = path.length; root && length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return lineAndColumn(json.text, node.offset);
  }
  return 'line 1, column 1';
}

/** The syntax tree of a JSON file. @throws LetheError `model-corrupt` if it is nested too deeply to walk. */
export function jsonTree(json: JsonFile): Node | undefined {
  try {
    return parseTree(json.text);
  } catch (cause) {
    throw new LetheError('model-corrupt', { message: 'is nested too deeply', file: json.path, cause });
  }
}

function firstSyntaxError(text: string): string {
  let offset = 0;
  const found = new Error('found');
  try {
    visit(
      text,
      {
        onError: (_, at) => {
          offset = at;
          throw found;
        },
      },
      { disallowComments: true },
    );
  } catch {
    // Either the error that was looked for, or nesting too deep to find it: then the start has to do.
  }
  return lineAndColumn(text, offset);
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}
