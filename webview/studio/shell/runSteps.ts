import { html, type TemplateResult } from 'lit';
import { baseName } from '../../../src/contract/names.js';
import { type Progress, phaseFacts, STEPS, type Step, stepOf } from '../../../src/contract/progress.js';
import { recipeText } from '../../../src/contract/recipes.js';
import type { RunState, StudioSnapshot } from '../../../src/contract/studio.js';
import { countText } from '../../../src/contract/text.js';
import type { Content } from '../elements/content.js';
import { icon } from '../elements/icon.js';

/** The steps of each kind of job, in their order. */
const OF_JOB: Readonly<Record<RunState['kind'], readonly Step[]>> = {
  unlearn: Object.keys(STEPS) as Step[],
  evaluate: ['load', 'measure'],
};

/** The steps of the job that goes on: which are done, which one it is at, and which are to come. */
export function steps({ run }: StudioSnapshot): Content {
  if (!run) return '';
  const all = OF_JOB[run.kind];
  const isWaiting = run.status === 'queued';
  const now = isWaiting ? -1 : run.progress ? all.indexOf(stepOf(run.progress) ?? 'load') : 0;
  return html`<ol class="steps" aria-label="Steps">${all.map((step, at) => stepItem(STEPS[step].title, at, now))}</ol>`;
}

function stepItem(title: string, at: number, now: number): TemplateResult {
  const state = at < now ? 'done' : at === now ? 'now' : 'next';
  return html`<li class=${state} aria-current=${at === now ? 'step' : 'false'}>
    <span class="mark">${icon(MARKS[state])}</span>${title}<span class="sr-only">${HEARD[state]}</span>
  </li>`;
}

const MARKS = { done: 'pass-filled', now: 'record', next: 'circle-large' } as const;
const HEARD = { done: ', done', now: ', in progress', next: ', to come' } as const;

/** What exactly a job is at, within its phase; empty if there is nothing to say. */
export function detailText({ phase, done, total, detail = '', recipe }: Progress): string {
  const of = `${countText(done)} of ${countText(total)}`;
  switch (phaseFacts(phase).counts) {
    case 'samples':
      return `${of} ${detail || 'samples'}`;
    case 'spaces':
      return `Space ${of}: ${detail}`;
    case 'layers':
      return `Layer ${of}: ${detail}`;
    case 'candidates':
      return recipe ? `Candidate ${of}: ${recipeText(recipe)}` : `Candidate ${of}`;
    default:
      // A path, or a word that is none.
      return baseName(detail);
  }
}
