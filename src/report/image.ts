import type { Image } from './explanations.js';
import { type Html, html } from './html.js';

/** A picture that is part of the page. */
export function imageTag(image: Image, alt: string): Html {
  return html`<img src="${dataAddress(image)}" width="${image.width}" height="${image.height}" alt="${alt}">`;
}

export function dataAddress({ png }: Image): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
