import { ROLE_COLORS } from '../figures/palette.js';

/** Behind everything, by day and in the dark. */
export const PAGE_COLORS = { light: '#f6f7f9', dark: '#12161c' } as const;

function roles(scheme: keyof typeof ROLE_COLORS): string {
  return Object.entries(ROLE_COLORS[scheme])
    .map(([name, color]) => `--${name}: ${color};`)
    .join(' ');
}

/** Colours by day, and on paper. */
const LIGHT = `--page: ${PAGE_COLORS.light}; --card: #fff; --ink: #1b2430; --quiet: #5d6b7c; --line: #dde2e9; ${roles('light')} --good: #146c3f; --bad: #b42020; --warn: #835600;`;

/** The page's look: system fonts, light and dark by the reader's setting, and fit for paper. */
export const STYLE = `
:root { color-scheme: light dark; ${LIGHT}
  --tint: 12%; }
@media (prefers-color-scheme: dark) { :root { --page: ${PAGE_COLORS.dark}; --card: #1a2029; --ink: #e4e9f0; --quiet: #97a3b3; --line: #2d3643;
  ${roles('dark')} --good: #58c48c; --bad: #f07f7f; --warn: #e0b050;
  --tint: 18%; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 48px; }
h1 { font-size: 28px; line-height: 1.2; margin: 2px 0 8px; font-weight: 650; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 0 0 10px; font-weight: 650; } h3 { font-size: 14px; margin: 16px 0 4px; }
p { margin: 0 0 10px; } .quiet, time { color: var(--quiet); } h1 .quiet { font-weight: 400; }
.kind { text-transform: uppercase; letter-spacing: .08em; font-size: 12px; color: var(--quiet); margin: 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px 22px; margin-top: 16px; }
.badge { display: inline-block; border-radius: 99px; padding: 1px 10px; font-size: 13px; font-weight: 600; margin-right: 8px; white-space: nowrap;
  color: var(--quiet); background: color-mix(in srgb, var(--quiet) var(--tint), transparent); }
.badge.good { color: var(--good); background: color-mix(in srgb, var(--good) var(--tint), transparent); }
.badge.bad { color: var(--bad); background: color-mix(in srgb, var(--bad) var(--tint), transparent); }
.badge.warn { color: var(--warn); background: color-mix(in srgb, var(--warn) var(--tint), transparent); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; background: none; border: 0; padding: 0; } .cards + .cards { margin-top: 12px; } main > .note { margin: 14px 2px 0; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--line); border-radius: 10px; padding: 12px 16px 10px; }
.card.forget { border-top-color: var(--forget); } .card.retain { border-top-color: var(--retain); }
.card h3 { margin: 0; font-size: 13px; font-weight: 500; color: var(--quiet); }
.card .value { font-size: 24px; white-space: nowrap; font-weight: 650; margin: 0; line-height: 1.35; } .card .quiet { margin: 0; font-size: 13px; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; }
.facts th { font-weight: 500; color: var(--quiet); width: 9.5em; padding: 6px 12px 6px 0; } .facts td { padding: 6px 0; overflow-wrap: anywhere; }
.facts tr + tr { border-top: 1px solid var(--line); } .facts.two, .facts.two tbody { display: block; } .facts.two tbody { columns: 2 380px; column-gap: 44px; } .facts.two tr { display: flex; break-inside: avoid; border: 0; border-bottom: 1px solid var(--line); } .facts.two th { flex: 0 0 19em; }
.file { margin-bottom: 6px; overflow-wrap: anywhere; }
code { font: 12px/1.5 ui-monospace, "Cascadia Mono", Menlo, "Liberation Mono", monospace; } .file code { display: block; color: var(--quiet); }
.findings, .plain { margin: 0; padding: 0; list-style: none; } .findings li { margin-bottom: 6px; } .plain li { margin-bottom: 3px; }
.legend { color: var(--quiet); font-weight: 400; font-size: 13px; } .legend svg { vertical-align: -1px; margin: 0 2px 0 8px; }
.ramp { display: inline-block; width: 84px; height: 10px; border-radius: 2px; margin: 0 4px; vertical-align: -1px; } .legend .next { margin-left: 18px; }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 3px 0 8px; }
.swatch.retain { background: var(--retain); } .swatch.forget { background: var(--forget); } .swatch.removed { background: var(--removed); } .swatch.before { background: var(--before); }
.dumbbell, .axis { display: grid; grid-template-columns: minmax(90px, 170px) 1fr 130px; gap: 12px; align-items: center; }
.name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .dumbbell.forget .name { font-weight: 650; color: var(--forget); }
.track { padding: 0 7px; } .track svg { display: block; overflow: visible; } .number { text-align: right; white-space: nowrap; font-size: 14px; }
.ticks { display: flex; justify-content: space-between; padding: 2px 0 8px; color: var(--quiet); font-size: 12px; } .ticks i { font-style: normal; width: 0; display: flex; justify-content: center; }
.axis .ticks { margin: 0 7px; }
line.grid { stroke: var(--line); } line.bar { stroke-width: 3; stroke-linecap: round; opacity: .5; } line.bar.retain { stroke: var(--retain); } line.bar.forget { stroke: var(--forget); }
circle.before { fill: var(--card); stroke: var(--before); stroke-width: 2; } .retain:is(circle, rect) { fill: var(--retain); } .forget:is(circle, rect) { fill: var(--forget); }
rect.removed { fill: var(--removed); } rect.before { fill: var(--before); }
.numbers { font-size: 13.5px; } .numbers th { font-weight: 500; color: var(--quiet); white-space: nowrap; } .numbers td, .numbers th { padding: 5px 10px; text-align: right; }
.numbers :is(td, th):first-child, .numbers .wide, .layers :is(td, th):nth-child(2) { text-align: left; } .numbers td:first-child, .numbers th:first-child { padding-left: 0; }
.numbers tbody tr { border-top: 1px solid var(--line); } .numbers tr.chosen td { font-weight: 650; }
.texts :is(td, th):nth-child(2) { text-align: left; } .texts td.name { max-width: 170px; } .wide-table { overflow-x: auto; } .steady td { white-space: nowrap; }
.layers .wide { width: 34%; min-width: 130px; } .layers .name { max-width: 170px; } .bars svg { display: block; margin: 1px 0; } .layers td { vertical-align: middle; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 16px 20px; } figure { margin: 0; min-width: 0; }
figcaption { font-size: 13px; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-bottom: 3px; }
.multiples svg { width: 100%; display: block; } .multiples svg text { font-size: 10.5px; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; } .curve.retain { stroke: var(--retain); } .curve.forget { stroke: var(--forget); } .curve.importance { stroke-dasharray: 5 3; stroke-width: 1.6; } .curve.key { stroke: var(--quiet); } .curve.front { stroke: var(--retain); opacity: .6; stroke-dasharray: 4 4; stroke-width: 1.5; }
.chart { display: block; width: 100%; max-width: 640px; margin: 6px auto 4px; } svg text { fill: var(--quiet); font-size: 12px; }
.candidate { fill: var(--card); stroke: var(--before); stroke-width: 1.6; } .candidate.front, .candidate.chosen { fill: var(--retain); stroke: var(--card); } .candidate.chosen { stroke: var(--ink); stroke-width: 2.4; } .candidate.apart { fill: var(--card); stroke: var(--forget); } line.error { stroke: var(--quiet); stroke-width: 1; }
.matrices { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 22px; overflow-x: auto; margin: 10px 0; }
.matrix { font-size: 11.5px; table-layout: fixed; } .matrix th { font-weight: 400; color: var(--quiet); } .matrix th.forget { color: var(--forget); font-weight: 650; }
.matrix tbody th, .matrix thead th:first-child { width: 88px; padding-right: 6px; text-align: right; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: middle; }
.matrix thead th { height: 84px; vertical-align: bottom; text-align: center; } .matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 80px; overflow: hidden; white-space: nowrap; }
.matrix td { text-align: center; padding: 3px 0; border: 1px solid var(--card); background: color-mix(in srgb, var(--retain) var(--share), var(--page)); }
.matrix .right { outline: 1.5px solid var(--ink); outline-offset: -2px; } .matrix td { color: var(--day, inherit); } @media screen and (prefers-color-scheme: dark) { .matrix td { color: var(--night, inherit); } }
h3 .quiet { font-weight: 400; } caption { text-align: left; font-size: 13px; font-weight: 600; padding: 10px 0 2px; }
.boundaries { align-items: start; } svg.boundary { width: 100%; max-width: 500px; display: block; } .boundary line.axis { stroke: var(--quiet); } .boundary .sample { stroke: #fff; stroke-width: .7; }
.boundary .anchor { fill: #fff; stroke: #111; stroke-width: 1.5; } .boundary .letter { fill: #111; font-weight: 600; } .boundary .border { fill: none; stroke: #fff; stroke-width: 1.2; vector-effect: non-scaling-stroke; } .boundary .outline { fill: none; stroke: #111; stroke-width: 1.8; vector-effect: non-scaling-stroke; } .boundary image { image-rendering: pixelated; } .boundary .frame { fill: none; stroke: var(--quiet); }
.boundary text.on { fill: #111; font-size: 12px; font-weight: 650; paint-order: stroke; stroke: rgb(255 255 255 / .85); stroke-width: 3px; stroke-linejoin: round; }
.anchors { display: flex; flex-wrap: wrap; gap: 18px; margin: 4px 0 12px; } .anchors figcaption, .saliency figcaption { font-weight: 400; white-space: normal; }
.anchors img { width: 84px; height: auto; image-rendering: pixelated; display: block; margin-bottom: 4px; border-radius: 4px; }
.withheld { width: 84px; height: 84px; margin-bottom: 4px; border: 1px dashed var(--line); border-radius: 4px; display: grid; place-items: center; color: var(--quiet); font-size: 12px; }
.saliencies { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 6px 28px; margin-bottom: 14px; } .saliency.forget h3 { color: var(--forget); }
.pictures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; } .pictures img { width: 100%; height: auto; display: block; margin-bottom: 4px; border-radius: 4px; } .pictures figure:first-child img { image-rendering: pixelated; }
.pair { white-space: nowrap; } rect.second { opacity: .55; } .focus .wide { width: 24%; min-width: 60px; } .focus td { vertical-align: middle; } .counts td { background: none; border-color: var(--line); padding: 3px 1px; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--quiet); font-size: 13.5px; } footer { color: var(--quiet); font-size: 13px; margin-top: 20px; }
@media (max-width: 760px) { .cards { grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); } main { padding: 20px 12px; } section { padding: 16px 14px; } .layers :is(td, th):nth-child(3), .layers :is(td, th):nth-child(2) { display: none; } .dumbbell, .axis { grid-template-columns: 92px 1fr 118px; gap: 8px; } .matrices, .saliencies { grid-template-columns: 1fr; } .facts.two th { flex-basis: 15em; } .numbers td, .numbers th { padding: 5px 6px; } }
@media print { :root { ${LIGHT} --page: #fff; --card: #fff; --ink: #000; --tint: 12%; color-scheme: light; } body { font-size: 10.5pt; } main { max-width: none; padding: 0; } section { border-color: #ccc; padding: 12px 14px; }
  section, figure, tr, .dumbbell { break-inside: avoid; } section:has(.layers, .multiples, details) { break-inside: auto; } h2, section > p, .legend { break-after: avoid; } summary { display: none; } details::details-content { content-visibility: visible; block-size: auto; } .chart { max-width: 460px; } .matrices { grid-template-columns: 1fr 1fr; } .wide-table { overflow: visible; } .steady td, .steady th { white-space: normal; padding: 3px 4px; font-size: 7.5pt; } .saliencies { grid-template-columns: 1fr 1fr; gap: 6px 20px; } .card { padding: 8px 10px; } .card .value { font-size: 18pt; } }
`;
