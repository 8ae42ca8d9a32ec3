import {
  createScanner,
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { ErrorCode } from '../base/errors.js';
import { textRange } from '../base/textRange.js';
import type { TextRange } from '../contract/terms.js';

export type JsonPath = readonly (string | number)[];

/**
 * Something wrong at one place of a JSON file; lines and columns count from 1, offset and length in UTF-16 units, none of them
 * with a byte order mark.
 */
export interface Problem extends TextRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  /** `data.train.format`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  /** Where it is another than that of the error. */
  readonly code?: ErrorCode;
}

/** `data.train.format`, `forget[0].class`. */
function pathText(path: JsonPath): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}

const SYNTAX: Record<string, string> = {
  CommaExpected: 'a comma is missing here',
  ColonExpected: 'a colon is missing here',
  ValueExpected: 'a value is missing here',
  PropertyNameExpected: 'a name in double quotes is expected here',
  CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing',
  EndOfFileExpected: 'the file should end here',
  UnexpectedEndOfString: 'this text has no closing quote',
  UnexpectedEndOfComment: 'this comment has no end',
  InvalidSymbol: 'this is no JSON value',
};

/** Far more than any real file has; the parser calls itself once a level. */
const DEEPEST = 100;

/** Where the brackets get too deep, if they do. */
function depthExceeded(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    // Quotes belong to a token, so that one character is a bracket and not a text that holds one.
    const token = scanner.getTokenLength() === 1 ? text[scanner.getTokenOffset()] : '';
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth > DEEPEST) return scanner.getTokenOffset();
  }
  return undefined;
}

/** The text of a JSON file with comments, its value, and where everything in it stands. */
export class JsonText {
  readonly file: string;
  readonly value: unknown = undefined;
  readonly problems: readonly Problem[];
  readonly #text: string;
  readonly #root: Node | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.#text = text.replace(/^\uFEFF/, '');
    const tooDeep = depthExceeded(this.#text);
    if (tooDeep !== undefined) {
      this.problems = [this.#at(tooDeep, 1, '', `nested deeper than ${DEEPEST} levels`, 'Correct the JSON.')];
      return;
    }
    const errors: ParseError[] = [];
    this.#root = parseTree(this.#text, errors, { allowTrailingComma: true });
    this.value = this.#root && getNodeValue(this.#root);
    this.problems = [
      ...errors.map((error) => {
        const name = printParseErrorCode(error.error);
        return this.#at(
          error.offset,
          error.length,
          '',
          SYNTAX[name] ?? `not valid JSON (${name})`,
          'Correct the JSON.',
        );
      }),
      ...(this.#root ? this.#duplicates(this.#root, []) : []),
    ];
    if (!this.#root && this.problems.length === 0) {
      this.problems = [this.#at(0, 0, '', 'the file is empty', 'Write {} for the defaults.')];
    }
  }

  /** A problem at the value of `path`, or at the nearest enclosing one that exists; `key` puts it at a property's name. */
  problem(path: JsonPath, message: string, hint?: string, key?: string): Problem {
    const node = this.#nearestNode(path);
    const name = key === undefined ? undefined : propertyName(node, key);
    const at = name ?? node;
    const full = key === undefined ? path : [...path, key];
    return this.#at(at?.offset ?? 0, at?.length ?? 0, pathText(full), message, hint);
  }

  /** The range of the value of `path`, or of the nearest enclosing one that exists. */
  range(path: JsonPath): TextRange {
    const node = this.#nearestNode(path);
    return textRange(this.#text, node?.offset ?? 0, node?.length ?? 0);
  }

  #nearestNode(path: JsonPath): Node | undefined {
    for (let length = path.length; length > 0; length--) {
      const node = this.#root && findNodeAtLocation(this.#root, [...path.slice(0, length)]);
      if (node) return node;
    }
    return this.#root;
  }

  #duplicates(node: Node, path: JsonPath): Problem[] {
    const found: Problem[] = [];
    const seen = new Set<string>();
    for (const [index, child] of (node.children ?? []).entries()) {
      const [name, value] = node.type === 'object' ? (child.children ?? []) : [undefined, child];
      if (name && seen.has(name.value)) {
        const full = pathText([...path, name.value]);
        found.push(
          this.#at(name.offset, name.length, full, `"${name.value}" stands here twice`, 'Remove one of them.'),
        );
      }
      if (name) seen.add(name.value);
      if (value) found.push(...this.#duplicates(value, [...path, name ? name.value : index]));
    }
    return found;
  }

  #at(offset: number, length: number, path: string, message: string, hint?: string): Problem {
    return { file: this.file, ...textRange(this.#text, offset, length), offset, length, path, message, hint };
  }
}

function propertyName(node: Node | undefined, key: string): Node | undefined {
  return node?.children?.find((property) => property.children?.[0]?.value === key)?.children?.[0];
}
