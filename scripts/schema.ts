/** Writes schemas/lethe.schema.json from the schema that lethe.json is checked with. */
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../src/base/files.js';
import { configJsonSchema } from '../src/project/jsonSchema.js';

const target = fileURLToPath(new URL('../schemas/lethe.schema.json', import.meta.url));
await writeFileAtomically(target, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
