import type { z } from 'zod';
import { suggestion } from '../base/nearest.js';
import type { JsonPath, JsonText, Problem } from './jsonText.js';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** Checks a JSON file against a schema and says of each fault where it stands, what it is and what to do. */
export function schemaProblems(json: JsonText, schema: z.ZodType): Problem[] {
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return [];
  // A mistyped name first: it is why another one is missing.
  const { issues } = parsed.error;
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys');
  return [...new Set([...unknown, ...issues])].flatMap((issue) => explain(issue, json, schema));
}

function explain(issue: Issue, json: JsonText, schema: Schema, base: JsonPath = []): Problem[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  const value = valueAt(json.value, path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, json.value, path);
    return issue.keys.map((key) =>
      json.problem(path, `unknown setting ${JSON.stringify(key)}`, suggestion(key, known), key),
    );
  }
  if (value === undefined && path.length > 0) {
    const name = JSON.stringify(path[path.length - 1]);
    return [json.problem(path, `${name} is missing`, `Add ${name}${choices(issue)}.`)];
  }
  if (issue.code === 'invalid_union') {
    const options = discriminatorValues(issue);
    if (options)
      return [
        json.problem(
          path,
          `unknown ${issue.discriminator} ${JSON.stringify(value)}`,
          suggestion(String(value), options),
        ),
      ];
    // The branch that got deepest is the one that was meant: ["a", 5] is a list with a wrong item, not a wrong path.
    const branches = [...issue.errors].sort((a, b) => depth(b) - depth(a));
    if (depth(branches[0]) > 0) return branches[0].flatMap((inner) => explain(inner, json, schema, path));
    const expected = [...new Set(issue.errors.map((errors) => expectation(errors[0])))].join(' or ');
    return [json.problem(path, `must be ${expected}, is ${describe(value)}`, `Write ${expected}.`)];
  }
  if (issue.code === 'invalid_value') {
    return [
      json.problem(path, `unknown value ${JSON.stringify(value)}`, suggestion(String(value), issue.values.map(String))),
    ];
  }
  if (issue.code === 'custom') return [json.problem(path, issue.message)];
  const expected = expectation(issue);
  return [json.problem(path, `must be ${expected}, is ${describe(value)}`, `Write ${expected}.`)];
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'too_small':
      return `${QUANTITIES[issue.origin] ?? 'a number of'} ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `${QUANTITIES[issue.origin] ?? 'a number of'} ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    default:
      return issue.message;
  }
}

const TYPES: Record<string, string> = {
  object: 'an object { }',
  array: 'a list [ ]',
  string: 'a text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  tuple: 'a list [ ]',
  record: 'an object { }',
};

const QUANTITIES: Record<string, string> = {
  array: 'a list whose length is',
  string: 'a text whose length is',
};

function choices(issue: Issue): string {
  const options = discriminatorValues(issue);
  if (options) return `: ${options.map((option) => JSON.stringify(option)).join(' or ')}`;
  return issue.code === 'invalid_type' ? `: ${TYPES[issue.expected] ?? issue.expected}` : '';
}

/** What zod's type leaves out: the values of a discriminator, where none of them was given. */
function discriminatorValues(issue: Issue): string[] | undefined {
  return (issue as { readonly options?: readonly unknown[] }).options?.map(String);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 1 ? 'a list of 1' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], value);
}

/** The names that an object at `path` may hold, following the branch of a union that the value's discriminator picks. */
function knownKeys(schema: Schema, value: unknown, path: JsonPath): string[] {
  const def = schema._zod.def as z.core.$ZodTypeDef & Record<string, unknown>;
  if (def.innerType) return knownKeys(def.innerType as Schema, value, path);
  if (def.type === 'union') {
    const discriminator = def.discriminator as string | undefined;
    const options = (def.options as Schema[]).filter((option) => {
      const wanted = discriminator && shapeOf(option)?.[discriminator]?._zod.values;
      return !wanted || wanted.has((value as Record<string, string> | undefined)?.[discriminator as string]);
    });
    return options.flatMap((option) => knownKeys(option, value, path));
  }
  if (path.length > 0) {
    const [step, ...rest] = path;
    const inner = (def.element as Schema | undefined) ?? shapeOf(schema)?.[step];
    return inner ? knownKeys(inner, (value as Record<string | number, unknown> | undefined)?.[step], rest) : [];
  }
  return Object.keys(shapeOf(schema) ?? {});
}

function shapeOf(schema: Schema): Record<string | number, Schema> | undefined {
  return (schema._zod.def as { shape?: Record<string, Schema> }).shape;
}
