import { html, type TemplateResult } from 'lit';
import { baseName } from '../../../src/contract/names.js';
import type { JobProgress } from '../../../src/contract/progress.js';
import type { RunState, StudioSnapshot } from '../../../src/contract/studio.js';
import { type Content, icon } from '../elements/parts.js';
import { count, pairText } from '../format.js';

type Step = 'load' | 'measure' | 'spaces' | 'search' | 'check' | 'save';

const TITLES: Readonly<Record<Step, string>> = {
  load: 'Load',
  measure: 'Measure',
  spaces: 'Spaces',
  search: 'Search',
  check: 'Check',
  save: 'Save',
};

/** The steps of a job, in their order. */
const STEPS: Readonly<Record<RunState['kind'], readonly Step[]>> = {
  unlearn: ['load', 'measure', 'spaces', 'search', 'check', 'save'],
  evaluate: ['load', 'measure'],
};

/** Phases that come once, by the step that they are part of. */
const STEP_OF: Readonly<Record<string, Step>> = {
  load: 'load',
  list: 'load',
  spaces: 'spaces',
  moments: 'spaces',
  search: 'search',
  projections: 'search',
  dimensions: 'check',
  save: 'save',
};

/** The steps of the job that goes on: which are done, which one it is at, and which are to come. */
export function steps({ run, shown }: StudioSnapshot): Content {
  if (!run) return '';
  const all = STEPS[run.kind];
  const isWaiting = run.status === 'queued';
  const now = isWaiting ? -1 : run.progress ? all.indexOf(stepOf(run.progress.phase, hasSearched(shown))) : 0;
  return html`<ol class="steps" aria-label="Steps">${all.map((step, at) => stepItem(TITLES[step], at, now))}</ol>`;
}

function stepItem(title: string, at: number, now: number): TemplateResult {
  const state = at < now ? 'done' : at === now ? 'now' : 'next';
  return html`<li class=${state} aria-current=${at === now ? 'step' : 'false'}>
    <span class="mark">${icon(MARKS[state])}</span>${title}<span class="sr-only">${HEARD[state]}</span>
  </li>`;
}

const MARKS = { done: 'pass-filled', now: 'record', next: 'circle-large' } as const;
const HEARD = { done: ', done', now: ', in progress', next: ', to come' } as const;

/** Accuracy is measured before the spaces and again of the new model; files are read first, and those of the data last. */
function stepOf(phase: string, hasSearched: boolean): Step {
  if (phase === 'measure') return hasSearched ? 'check' : 'measure';
  if (phase === 'hash') return hasSearched ? 'save' : 'load';
  return STEP_OF[phase] ?? 'load';
}

/** Whether the run that goes on has found its pair of alphas. */
function hasSearched(shown: StudioSnapshot['shown']): boolean {
  return shown?.state === 'running' && (shown.outcome.pair !== null || shown.outcome.candidates.length > 0);
}

/** What exactly a job is at, within its phase; empty if there is nothing to say. */
export function detailText({ phase, done, total, detail = '' }: JobProgress): string {
  const of = `${count(done)} of ${count(total)}`;
  switch (phase) {
    case 'measure':
      return `${of} samples`;
    case 'spaces':
      return detail ? `${of} ${detail}` : `${of} samples`;
    case 'moments':
      return `Space ${of}: ${detail}`;
    case 'dimensions':
    case 'projections':
      return `Layer ${of}: ${detail}`;
    case 'search': {
      const [alphaR, alphaF] = detail.match(/[\d.e+-]+/g)?.map(Number) ?? [];
      return alphaF === undefined ? `Candidate ${of}` : `Candidate ${of}: ${pairText({ alphaR, alphaF })}`;
    }
    default:
      // A path, or a word that is none.
      return baseName(detail);
  }
}
