import * as Plot from '@observablehq/plot';
import type { Canvas } from './figure.js';

/** Colours of the page's styles, which are the theme's; `var()` in a plot follows the theme by itself. */
export const COLOURS = {
  retain: 'var(--retain)',
  forget: 'var(--forget)',
  removed: 'var(--removed)',
  text: 'var(--vscode-foreground)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  background: 'var(--vscode-editor-background)',
} as const;

/** What all plots have in common. Every axis needs a label with its unit, the plot an `ariaLabel` that says what it shows. */
export function draw({ width }: Canvas, options: Plot.PlotOptions & { readonly ariaLabel: string }): Element {
  const isAtBottom = options.x?.label && options.x.axis !== null && options.x.axis !== 'top';
  const element = Plot.plot({
    width,
    marginTop: 24,
    // The title of the axis stands under its numbers, in the middle; Plot's own place for it is made for smaller letters.
    ...(isAtBottom ? { marginBottom: 48 } : {}),
    ...options,
    ...(options.x
      ? {
          x: {
            labelAnchor: 'center',
            labelArrow: 'none',
            ...(isAtBottom ? { labelOffset: (options.marginBottom ?? 48) - 7 } : {}),
            ...options.x,
          },
        }
      : {}),
    style: {
      fontFamily: 'inherit',
      fontSize: '12px',
      color: 'var(--vscode-foreground)',
      background: 'transparent',
      overflow: 'visible',
    },
  });
  const svg = element instanceof SVGSVGElement ? element : element.querySelector('svg');
  if (svg) asPicture(svg);
  return element;
}

/** A picture with a name for screen readers; its parts say nothing that the table behind it does not. */
function asPicture(svg: SVGSVGElement): void {
  svg.setAttribute('role', 'img');
  const parts = document.createElementNS('http://www.w3.org/2000/svg', 'g');
  parts.setAttribute('aria-hidden', 'true');
  parts.append(...svg.childNodes);
  svg.append(parts);
}

/** Titles of axes that candidates stand along. */
export const RETAIN_AXIS = 'retain accuracy: kept classes recognised (%)';
export const READ_AXIS = 'recoverability: forgotten classes told from others by a probe (%)';
export const FORGET_AXIS = 'forget accuracy: forgotten classes still recognised (%)';

/** How the small box under the pointer looks. */
export const TIP = {
  fill: 'var(--vscode-editorHoverWidget-background, var(--vscode-editorWidget-background))',
  stroke: 'var(--vscode-editorHoverWidget-border, var(--line))',
  lineHeight: 1.35,
} as const;

/** The value that a colour of the page has now, for what is painted pixel by pixel. @param name a custom property. */
export function colourNow(name: `--${string}`): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
