import { z } from 'zod';
import type { Frozen } from './schema.js';

/** How a candidate is made: a method and its parameters. Another method is another member of the union. */
const recipe = z.discriminatedUnion('method', [
  /** Kodge, Saha, Roy (TMLR 2024): the weights of the retain and of the forget space. */
  z.object({ method: z.literal('projection'), alphaR: z.number(), alphaF: z.number() }),
]);

/** A new model that a run may come to, known by its id. */
export const candidate = z.object({ id: z.string().regex(/^[A-Za-z0-9._+-]+$/), recipe });

export type Recipe = Frozen<z.infer<typeof recipe>>;
export type Candidate = Frozen<z.infer<typeof candidate>>;
