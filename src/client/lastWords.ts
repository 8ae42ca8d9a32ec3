/** The end of what a process says, line by line: what it said before it died. */
export class LastWords {
  readonly #most: { readonly lines: number; readonly characters: number };
  #lines: string[] = [];

  constructor(most = { lines: 12, characters: 300 }) {
    this.#most = most;
  }

  add(line: string): void {
    this.#lines.push(line.slice(0, this.#most.characters));
    if (this.#lines.length > this.#most.lines) this.#lines.shift();
  }

  get text(): string {
    return this.#lines.join('\n');
  }
}
