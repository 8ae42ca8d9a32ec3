import { type Progress, phaseFacts, stepOf } from '../../contract/progress.js';
import type { RunStep } from '../../contract/run.js';

/** Share of the whole estimate that speaks against what the first steps took: they are short, and say little of the rest. */
const DOUBT = 0.15;

/** Seconds within which most of a new insight shows: what is shown should not jump. */
const SMOOTHING = 2;

/**
 * How long a run will take from now on: the rest of its step and the steps after it, as estimated before it began, scaled by how
 * the steps so far went. Between two signs of progress it counts down. All times are seconds on any clock that does not go back.
 */
export class TimeLeft {
  readonly #steps: readonly RunStep[];
  readonly #total: number;
  #at = 0;
  /** When the run began, its step, and the last progress of that came. */
  #began = 0;
  #stepBegan = 0;
  #moved = 0;
  /** Share of the step that is done, from its progress. */
  #share = 0;
  #pass = 0;
  #fraction = 0;
  /** What was shown last, and when. */
  #shown: { readonly seconds: number; readonly at: number };

  /** @param steps as estimated, in their order. @param now when the run begins. */
  constructor(steps: readonly RunStep[], now: number) {
    this.#steps = steps;
    this.#total = sum(steps);
    this.#began = now;
    this.#stepBegan = now;
    this.#moved = now;
    this.#shown = { seconds: this.#total, at: now };
  }

  /** What the run tells of itself. Phases that no step is about belong to the step that they come in. */
  progress(progress: Progress, now: number): void {
    this.#enter(progress, now);
    const { phase, done, total } = progress;
    if (phase !== this.#steps[this.#at]?.phase || phase === 'load' || total <= 0) return;
    const fraction = Math.min(1, done / total);
    if (fraction < this.#fraction) this.#pass++;
    this.#fraction = fraction;
    const passes = Math.max(phaseFacts(phase).passes ?? 1, this.#pass + 1);
    const share = (this.#pass + fraction) / passes;
    if (share <= this.#share) return;
    this.#share = share;
    this.#moved = now;
  }

  /** Seconds from now on, 0 or more. */
  at(now: number): number {
    const { seconds, at } = this.#shown;
    const passed = now - at;
    const expected = Math.max(0, seconds - passed);
    const weight = 1 - Math.exp(-passed / SMOOTHING);
    const shown = expected + weight * (this.#raw(now) - expected);
    this.#shown = { seconds: shown, at: now };
    return shown;
  }

  /** The part that a message is about, if it is a later one: that of its phase, else the first of its step. */
  #enter(progress: Progress, now: number): void {
    const step = stepOf(progress);
    const find = (isIt: (part: RunStep) => boolean) =>
      this.#steps.findIndex((part, index) => index >= this.#at && part.step === step && isIt(part));
    const own = find(({ phase }) => phase === progress.phase);
    const next = own >= 0 ? own : find(() => true);
    if (next <= this.#at) return;
    this.#at = next;
    this.#stepBegan = now;
    this.#moved = now;
    this.#share = 0;
    this.#pass = 0;
    this.#fraction = 0;
  }

  #raw(now: number): number {
    const step = this.#steps[this.#at];
    if (!step) return 0;
    const { seconds } = step;
    const estimated = sum(this.#steps.slice(0, this.#at)) + this.#share * seconds;
    const doubt = DOUBT * this.#total;
    const scale = (this.#moved - this.#began + doubt) / (estimated + doubt || 1);
    // What the step takes in all: the more of it is done, the more its own pace counts.
    const inStep = this.#moved - this.#stepBegan;
    const whole = (1 - this.#share) * scale * seconds + inStep;
    const rest = Math.max(0, (1 - this.#share) * whole - (now - this.#moved));
    return rest + scale * sum(this.#steps.slice(this.#at + 1));
  }
}

function sum(steps: readonly RunStep[]): number {
  return steps.reduce((total, { seconds }) => total + seconds, 0);
}
