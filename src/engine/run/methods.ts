import type { Recipe } from '../../contract/candidates.js';
import type { Method } from './method.js';
import { projection } from './projection.js';

/** Every method, by the name that recipes give it. */
export const METHODS: { readonly [Name in Recipe['method']]: Method } = { projection };
