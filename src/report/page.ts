import type { Candidate } from '../contract/candidates.js';
import type { RunRecord } from '../contract/records.js';
import { answers } from './answers.js';
import { appendix, method } from './appendix.js';
import { boundary } from './boundary.js';
import { candidates } from './candidates.js';
import { classes } from './classes.js';
import { confusion } from './confusion.js';
import type { Explanations } from './explanations.js';
import { Html, html } from './html.js';
import { layers } from './layers.js';
import { saliency } from './saliency.js';
import { spectra } from './spectra.js';
import { STYLE } from './style.js';
import { cards, findings, header, statement } from './summary.js';

/** What a page may hold besides the record. */
export interface PageExtras {
  /** The one that the saved model is, where the page is about another candidate. */
  readonly written?: Candidate;
  readonly explanations?: Explanations;
}

/**
 * A run as one HTML page that needs nothing else: no script, no font, no image from outside. The same record and extras
 * always give the same page.
 */
export function reportPage(record: RunRecord, { written, explanations }: PageExtras = {}): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${record.result.forget.join(', ')} forgotten by ${record.source.path}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${header(record, written)}
${cards(record)}
${statement(record, written)}
${findings(record)}
${classes(record)}
${answers(record)}
${explanations && boundary(record, explanations)}
${explanations && saliency(record, explanations)}
${layers(record)}
${spectra(record)}
${candidates(record)}
${confusion(record)}
${appendix(record)}
${method(record)}
<footer>Written by Lethe ${record.versions.lethe}.</footer>
</main>
</body>
</html>
`;
  return page.markup;
}
