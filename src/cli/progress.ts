import type { Writable } from 'node:stream';
import stringWidth from 'string-width';
import { PHASES, type Phase, type Progress } from '../contract/progress.js';
import { durationText } from '../contract/text.js';
import { clean, type Style } from './style.js';

interface Terminal extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Milliseconds between two redraws of a bar, and between two plain lines of the same phase. */
const REDRAW = 80;
const REPEAT = 15_000;
const BAR = 24;
/** Wide enough for every title. */
const TITLE = Math.max(...Object.values(PHASES).map(({ title }) => title.length));

/** Shows the progress of a job: one moving line on a terminal, a plain line a phase elsewhere. */
export class ProgressView {
  readonly #out: Terminal;
  readonly #style: Style;
  #phase: Phase | undefined;
  #began = 0;
  #shown = 0;
  #last: Progress | undefined;

  constructor(out: Terminal, style: Style) {
    this.#out = out;
    this.#style = style;
  }

  update = (progress: Progress): void => {
    const now = performance.now();
    const changed = progress.phase !== this.#phase;
    if (changed) {
      this.#finishPhase(now);
      this.#phase = progress.phase;
      this.#began = now;
    }
    this.#last = progress;
    if (this.#out.isTTY) {
      if (changed || now - this.#shown >= REDRAW) this.#draw(progress, now);
    } else if (!changed && now - this.#shown >= REPEAT) {
      this.#out.write(`${PHASES[progress.phase].title}: ${share(progress)}\n`);
      this.#shown = now;
    } else if (changed) {
      this.#shown = now;
    }
  };

  /** Ends the moving line, so that results start on a clean one. */
  close(): void {
    this.#finishPhase(performance.now());
    this.#phase = undefined;
  }

  #draw(progress: Progress, now: number): void {
    const fraction = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
    const filled = Math.round(fraction * BAR);
    const bar = this.#style.cyan('━'.repeat(filled)) + this.#style.dim('━'.repeat(BAR - filled));
    const head = `${PHASES[progress.phase].title.padEnd(TITLE)} ${bar} ${share(progress).padStart(4)}`;
    const room = (this.#out.columns ?? 80) - stringWidth(head) - 3;
    const detail = progress.detail && room > 8 ? `  ${this.#style.dim(clean(progress.detail, room))}` : '';
    this.#out.write(`\r\u001b[2K${head}${detail}`);
    this.#shown = now;
  }

  #finishPhase(now: number): void {
    if (!this.#last) return;
    const line = `${PHASES[this.#last.phase].title.padEnd(TITLE)} ${durationText((now - this.#began) / 1000)}`;
    this.#out.write(this.#out.isTTY ? `\r\u001b[2K${this.#style.dim(line)}\n` : `${line}\n`);
    this.#last = undefined;
  }
}

function share(progress: Progress): string {
  return progress.total > 0 ? `${Math.floor((100 * progress.done) / progress.total)}%` : '';
}
