import { z } from 'zod';
import type { Frozen } from './schema.js';

/** The weights of the retain and of the forget space (Kodge, Saha, Roy, TMLR 2024). */
const alphas = { alphaR: z.number(), alphaF: z.number() };

/** How a candidate is made: a method and its parameters. Another method is another member of the union. */
const recipe = z.discriminatedUnion('method', [
  /** The paper's projection, and every layer fitted again to what it gave for the kept classes. */
  z.object({ method: z.literal('refit'), ...alphas }),
  /** The paper's projection alone. */
  z.object({ method: z.literal('projection'), ...alphas }),
]);

/** A new model that a run may come to, known by its id. */
export const candidate = z.object({ id: z.string().regex(/^[A-Za-z0-9._+-]+$/), recipe });

export type Recipe = Frozen<z.infer<typeof recipe>>;
export type MethodName = Recipe['method'];
export type Candidate = Frozen<z.infer<typeof candidate>>;
