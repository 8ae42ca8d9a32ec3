/** The Studio's views, and the names of their pictures. */
export const VIEWS = [
  { title: 'Overview', slug: 'overview' },
  { title: 'Layers', slug: 'layers' },
  { title: 'Saliency', slug: 'saliency' },
  { title: 'Decision boundary', slug: 'boundary' },
  { title: 'Confusion', slug: 'confusion' },
  { title: 'Search', slug: 'search' },
  { title: 'Compare', slug: 'compare' },
] as const;
