import type { RunRecord } from '../protocol.js';
import { appendix, method } from './appendix.js';
import { candidates } from './candidates.js';
import { classes } from './classes.js';
import { confusion } from './confusion.js';
import { Html, html } from './html.js';
import { layers, spectra } from './layers.js';
import { STYLE } from './style.js';
import { cards, findings, header, statement } from './summary.js';

/**
 * A run as one HTML page that needs nothing else: no script, no font, no image from outside. It is made from the record
 * alone, so that the same record always gives the same page.
 */
export function reportPage(record: RunRecord): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${record.result.forget.join(', ')} forgotten by ${record.source.path}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${header(record)}
${cards(record)}
${statement(record)}
${findings(record)}
${classes(record)}
${layers(record)}
${spectra(record)}
${candidates(record)}
${confusion(record)}
${appendix(record)}
${method()}
<footer>Written by Lethe ${record.versions.lethe}.</footer>
</main>
</body>
</html>
`;
  return page.markup;
}
