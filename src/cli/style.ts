import stringWidth from 'string-width';

/** Colours and emphasis for one output stream; plain text where the stream or the user wants none (no-color.org). */
export class Style {
  readonly #colour: boolean;

  constructor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env) {
    const refused = (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
    this.#colour = !refused && (stream.isTTY === true || (environment.FORCE_COLOR ?? '') !== '');
  }

  bold = (text: string) => this.#paint(1, 22, text);
  dim = (text: string) => this.#paint(2, 22, text);
  red = (text: string) => this.#paint(31, 39, text);
  green = (text: string) => this.#paint(32, 39, text);
  yellow = (text: string) => this.#paint(33, 39, text);
  cyan = (text: string) => this.#paint(36, 39, text);

  #paint(on: number, off: number, text: string): string {
    return this.#colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  }
}

/** Text from a file, made safe for a terminal: no control characters, and never longer than `limit` columns. */
export function clean(text: string, limit = 60): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
  if (stringWidth(visible) <= limit) return visible;
  let cut = '';
  for (const character of visible) {
    if (stringWidth(cut + character) >= limit) break;
    cut += character;
  }
  return `${cut}…`;
}
