import { appendFileSync } from 'node:fs';

/** What the suite tells while it runs in an editor: a line of JSON each, in the file that LETHE_HOST_RESULTS names. */
export type HostEvent =
  | {
      readonly kind: 'test';
      /** Its suites and itself. */
      readonly title: string;
      readonly state: 'passed' | 'failed' | 'skipped';
      readonly milliseconds: number;
      readonly error: string | null;
    }
  /** Something to be printed, a measured time for one. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'end'; readonly error: string | null };

/** Tells what happened to whoever started the editor; to the console where nobody listens. */
export function tell(event: HostEvent): void {
  const file = process.env.LETHE_HOST_RESULTS;
  if (file) appendFileSync(file, `${JSON.stringify(event)}\n`);
  else console.log(eventText(event));
}

/** Lines of a stack that lie in the editor itself. */
const EDITOR_FRAMES = /\n\s+at .*\/static\/out\/vs\/.*/g;

/** An event as people read it; nothing for one that is of no interest to them. */
export function eventText(event: HostEvent): string {
  if (event.kind === 'note') return `    ${event.text}`;
  if (event.kind === 'end') return event.error ? `The suite ended early: ${event.error}` : '';
  const mark = { passed: '✓', failed: '✗', skipped: '-' }[event.state];
  const line = `  ${mark} ${event.title} (${Math.round(event.milliseconds)} ms)`;
  return event.error ? `${line}\n${event.error.replace(EDITOR_FRAMES, '').replace(/^/gm, '      ')}` : line;
}
