import '../toolkit.js';
import './styles/index.css';
import { render } from 'lit';
import type { FromStudio, ToStudio } from '../../src/protocol.js';
import { Inbox } from './messages.js';
import { page } from './page.js';
import { Selection } from './selection.js';
import type { Studio } from './studio.js';
import { restore, type ViewState } from './viewState.js';

const host = acquireVsCodeApi<ViewState>();
const root = document.getElementById('studio')!;
const inbox = new Inbox();
const send = (message: FromStudio) => host.postMessage(message);
const selection = new Selection((selected) => send({ kind: 'select', selected }), draw);
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
  };
  if (!isDrawn) root.replaceChildren();
  keepingFocus(() => render(page(studio), root));
  // Once the class picker has drawn itself too, and the page is as long as it was.
  if (!isDrawn) requestAnimationFrame(() => scrollTo(0, view.scroll));
  isDrawn = true;
}

function change(changes: Partial<ViewState>): void {
  view = { ...view, ...changes };
  host.setState(view);
  draw();
}

/** A button that goes away while it has the focus (Run, Cancel) hands it to the one that takes its place. */
function keepingFocus(draw: () => void): void {
  const place = document.activeElement?.closest('[data-keeps-focus]');
  draw();
  if (!place || place.contains(document.activeElement)) return;
  place.querySelector<HTMLElement>('vscode-button:not([disabled])')?.focus();
}

addEventListener('message', ({ data }: MessageEvent<ToStudio>) => {
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
