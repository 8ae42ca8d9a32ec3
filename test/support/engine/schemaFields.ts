import { z } from 'zod';

/** Every field that a schema speaks of, as paths: `result.candidates[].recipe.alphaR`. */
export function fieldsOf(schema: z.ZodType): ReadonlySet<string> {
  const found = new Set<string>();
  walk(z.toJSONSchema(schema, { io: 'output' }) as Node, '', found);
  return found;
}

/** Every field that a value has, as the same paths. */
export function fieldsIn(value: unknown, at = '', found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const entry of value) fieldsIn(entry, `${at}[]`, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, entry] of Object.entries(value)) {
      const path = at ? `${at}.${name}` : name;
      found.add(path);
      fieldsIn(entry, path, found);
    }
  }
  return found;
}

/** What is needed of JSON Schema. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

function walk({ properties = {}, items, anyOf = [], oneOf = [] }: Node, at: string, found: Set<string>): void {
  for (const [name, node] of Object.entries(properties)) {
    const path = at ? `${at}.${name}` : name;
    found.add(path);
    walk(node, path, found);
  }
  if (items) walk(items, `${at}[]`, found);
  for (const node of [...anyOf, ...oneOf]) walk(node, at, found);
}
