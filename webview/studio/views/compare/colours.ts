import type { Key } from '../../plots/keys.js';
import { COLOURS } from '../../plots/theme.js';

/** How the two runs are told apart, by colour and by shape. */
export const A = { colour: COLOURS.retain, symbol: 'circle' } as const;
export const B = { colour: COLOURS.removed, symbol: 'triangle' } as const;

export const KEYS: readonly Key[] = [
  { shape: 'circle', colour: A.colour, text: 'A: the run that is shown' },
  { shape: 'triangle', colour: B.colour, text: 'B: the other run' },
];
