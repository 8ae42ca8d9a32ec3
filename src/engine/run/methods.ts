import type { Methods } from './method.js';
import { projection } from './projection.js';
import { refit } from './refit.js';

export const METHODS: Methods = { refit, projection };
