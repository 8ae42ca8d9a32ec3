import '../toolkit.js';
import './styles/index.css';
import { render } from 'lit';
import type { FromStudio, ToStudio } from '../../src/contract/studio.js';
import { page } from './shell/page.js';
import { Answers } from './state/answers.js';
import { Inbox } from './state/messages.js';
import { Selection } from './state/selection.js';
import { contextOf, type Studio } from './state/studio.js';
import { restore, type ViewState } from './state/viewState.js';

const host = acquireVsCodeApi<ViewState>();
const root = document.getElementById('studio')!;
const inbox = new Inbox();
const send = (message: FromStudio) => host.postMessage(message);
const selection = new Selection((selected) => send({ kind: 'select', selected }), draw);
const answers = new Answers(send, drawSoon);
let view = restore(host.getState());
let isDrawn = false;

function draw(): void {
  const { snapshot } = inbox;
  if (!snapshot) return;
  const studio: Studio = {
    snapshot,
    view,
    selected: selection.of(snapshot),
    send,
    select: (selected) => selection.ask(selected),
    change,
    ask: (name, question) => answers.ask(name, question),
    retry: (name, question) => answers.retry(name, question),
  };
  if (!isDrawn) root.replaceChildren();
  answers.during(contextOf(snapshot), () => keepingFocus(() => render(page(studio, isDrawn), root)));
  if (isDrawn) return;
  // The view comes a frame later, so that the rest shows sooner and neither holds the page up for long.
  isDrawn = true;
  requestAnimationFrame(() => {
    draw();
    // Once the class picker and the view have drawn themselves too, and the page is as long as it was.
    requestAnimationFrame(() => scrollTo(0, view.scroll));
  });
}

let isDue = false;

/** Once for all that comes before the next frame. */
function drawSoon(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

function change(changes: Partial<ViewState>): void {
  view = { ...view, ...changes };
  host.setState(view);
  draw();
}

/** A button that goes away while it has the focus (Run, Cancel, Show all) hands it to what takes its place, or stands beside it. */
function keepingFocus(draw: () => void): void {
  const place = document.activeElement?.closest('[data-keeps-focus]');
  draw();
  if (!place || place.contains(document.activeElement)) return;
  place.querySelector<HTMLElement>('vscode-button:not([disabled]), vscode-text-field, input')?.focus();
}

addEventListener('message', ({ data }: MessageEvent<ToStudio>) => {
  if (data.kind === 'answer' || data.kind === 'noAnswer') return answers.receive(data);
  const news = inbox.receive(data);
  if (news === 'gap') send({ kind: 'ready' });
  if (news === 'new') draw();
});

let settled: ReturnType<typeof setTimeout> | undefined;
addEventListener('scroll', () => {
  clearTimeout(settled);
  settled = setTimeout(() => {
    if (!isDrawn) return;
    view = { ...view, scroll: Math.round(scrollY) };
    host.setState(view);
  }, 150);
});

send({ kind: 'ready' });
