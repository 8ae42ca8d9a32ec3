import { Transformer } from '@napi-rs/image';
import type { Picture } from '../../../src/contract/terms.js';

/** Every opened element is closed in order; throws at the first that is not. */
export function checkNesting(page: string): void {
  const open: string[] = [];
  const lonely = new Set(['meta', 'br', 'img', '!doctype']);
  const markup = page.replace(/<style>[\s\S]*?<\/style>/, '');
  for (const [tag, slash, name, rest] of markup.matchAll(/<(\/?)([a-z!][a-z0-9]*)((?:"[^"]*"|[^>"])*)>/gi)) {
    if (lonely.has(name) || rest.endsWith('/')) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) throw new Error(`${tag} closes nothing that is open`);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`);
}

/** Every picture that a page holds, decoded. */
export async function picturesIn(page: string): Promise<Picture[]> {
  const encoded = [...page.matchAll(/"data:image\/png;base64,([^"]+)"/g)].map(([, text]) => text);
  return Promise.all(encoded.map((text) => decodePng(Buffer.from(text, 'base64'))));
}

export async function decodePng(bytes: Uint8Array): Promise<Picture> {
  const image = new Transformer(Buffer.from(bytes));
  const { width, height } = await image.metadata();
  const raw = await image.rawPixels();
  const channels = raw.length / (width * height);
  const rgb = new Uint8Array(3 * width * height);
  for (let at = 0; at < width * height; at++) {
    for (let channel = 0; channel < 3; channel++)
      rgb[3 * at + channel] = raw[channels * at + (channels < 3 ? 0 : channel)];
  }
  return { width, height, rgb };
}

/** What a page says, without its markup. */
export function textOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');
}
