import type { Content } from '../elements/content.js';
import type { Studio } from '../state/studio.js';
import { boundary } from './boundary/index.js';
import { compare } from './compare/index.js';
import { confusion } from './confusion/index.js';
import { layers } from './layers/index.js';
import { overview } from './overview/index.js';
import { saliency } from './saliency/index.js';
import { search } from './search/index.js';

/** One way to look at a model and at what a run did to it. It says itself what is missing as long as there is nothing to see. */
export interface View {
  readonly id: string;
  readonly title: string;
  readonly draw: (studio: Studio) => Content;
}

/** All of them, in the order of their tabs. */
export const VIEWS: readonly View[] = [
  { id: 'overview', title: 'Overview', draw: overview },
  { id: 'layers', title: 'Layers', draw: layers },
  { id: 'saliency', title: 'Saliency', draw: saliency },
  { id: 'boundary', title: 'Decision boundary', draw: boundary },
  { id: 'confusion', title: 'Confusion', draw: confusion },
  { id: 'search', title: 'Search', draw: search },
  { id: 'compare', title: 'Compare', draw: compare },
];
