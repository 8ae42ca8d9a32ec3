import { z } from 'zod';
import { configSchema } from './schema.js';

/** The JSON schema of `lethe.json`, for editors; `schemas/lethe.schema.json` holds it (`npm run schema`). */
export function configJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  // Comments and trailing commas are the `jsonc` language's business, but editors ask the schema for the latter.
  return { $schema, title: 'lethe.json', allowTrailingCommas: true, ...schema };
}
