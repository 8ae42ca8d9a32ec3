import type { nothing, TemplateResult } from 'lit';

/** What can stand in a template. */
export type Content = TemplateResult | string | typeof nothing | readonly TemplateResult[];
