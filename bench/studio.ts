/**
 * What the Studio's page takes with 1,000 classes and 60 layers, in a Chromium: the time to its first paint and until it shows
 * the model, and the longest task of what a user does. Asked for: a first paint under 500 ms, and no task over 100 ms.
 * Each number is the least of some rounds, as other programs of the machine only ever add to it.
 *
 *   npx tsx bench/studio.ts [TAB ...]
 */
import type { Browser } from '@playwright/test';
import { candidateOf, projectionRecipe } from '../src/contract/recipes.js';
import type { ToStudio } from '../src/contract/studio.js';
import { largeRun } from '../test/support/studio/large.js';
import { StudioPage, startBrowser } from '../test/support/studio/page.js';

const ROUNDS = 3;
const ALL_TABS = ['overview', 'layers', 'saliency', 'boundary', 'confusion', 'search', 'compare'];
/** Long enough for everything that follows an event to be over. */
const QUIET = 'new Promise((resolve) => setTimeout(resolve, 600))';

const snapshot = largeRun();
const { outcome } = snapshot.shown!;
const second = { ...snapshot.shown!, folder: '/elsewhere' };
const runs = [...snapshot.runs, { ...snapshot.runs[0], folder: second.folder }];

/** Scrolls the list of classes from one end to the other. */
const SCROLL_THROUGH = `(async () => {
  const list = document.querySelector('[role=listbox]');
  for (let top = 0; top < list.scrollHeight; top += 180) {
    list.scrollTop = top;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
})()`;

/** Milliseconds: `first paint` and `model shown` from their beginning, all others the longest task. */
type Times = Record<string, number>;

const chosen = process.argv.slice(2);
const browser = await startBrowser();
const rows: Record<string, string>[] = [];
for (const tab of chosen.length > 0 ? chosen : ALL_TABS) {
  const rounds: Times[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(browser, tab));
  const least = (name: string) => Math.round(Math.min(...rounds.map((times) => times[name])));
  rows.push({ tab, ...Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, said(least(name))])) });
}
await browser.close();
console.log('Milliseconds. From "opening" on: the longest task. Those under 50 are not told by the browser.');
console.table(rows);

function said(time: number): string {
  return time === 0 ? '< 50' : `${time}`;
}

async function measure(browser: Browser, tab: string): Promise<Times> {
  const studio = await StudioPage.open(browser, { state: { tab } });
  const { page } = studio;
  const times: Times = {};
  await page.evaluate(`{
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration)))
      .observe({ type: 'longtask' });
  }`);
  await page.evaluate(QUIET);
  times['first paint'] = await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`);

  await keep(studio, {
    kind: 'snapshot',
    snapshot: { ...snapshot, runs, compared: tab === 'compare' ? second : null },
  });
  // From the message to the frame that shows it.
  times['model shown'] = await page.evaluate(`new Promise((resolve) => {
    const begin = performance.now();
    window.postMessage(window.kept, '*');
    new MutationObserver((_, observer) => {
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin)));
    }).observe(document.getElementById('studio'), { childList: true });
  })`);
  times.opening = await longest(studio);
  await page.evaluate(SCROLL_THROUGH);
  times.scrolling = await longest(studio);

  await page.evaluate(`document.querySelector('#tab-${tab === 'search' ? 'overview' : 'search'}').click()`);
  await longest(studio);
  await page.evaluate(`document.querySelector('#tab-${tab}').click()`);
  times['change of tab'] = await longest(studio);

  const run = {
    id: 1,
    kind: 'evaluate',
    model: '',
    classes: [],
    status: 'running',
    position: 0,
    started: null,
  } as const;
  const progress = { phase: 'measure', done: 5, total: 10 } as const;
  times.progress = await changed(studio, 1, {
    run: { ...run, progress, step: 'Measuring', secondsLeft: 3, error: null },
  });
  times['another candidate'] = await changed(studio, 2, {
    shown: { ...snapshot.shown!, outcome: { ...outcome, candidate: candidateOf(projectionRecipe(30, 10)) } },
  });

  await page.evaluate(`for (const summary of document.querySelectorAll('.view details > summary')) summary.click()`);
  times.tables = await longest(studio);
  await page.setViewportSize({ width: 700, height: 900 });
  times.narrower = await longest(studio);
  await page.close();
  return times;
}

/** The longest task that changes of the snapshot bring. @param step how many there were, this one included. */
async function changed(
  studio: StudioPage,
  step: number,
  changes: (ToStudio & { kind: 'changes' })['changes'],
): Promise<number> {
  await keep(studio, { kind: 'changes', sequence: snapshot.sequence + step, changes });
  await studio.page.evaluate(`window.postMessage(window.kept, '*')`);
  return longest(studio);
}

/** Brings a message into the page, where it is sent from: its way there is not to be measured. */
async function keep(studio: StudioPage, message: ToStudio): Promise<void> {
  await studio.page.evaluate((data) => void Object.assign(globalThis, { kept: data }), message);
  await longest(studio);
}

/** The longest task of 50 ms or more since the last look; 0 if there was none. */
async function longest({ page }: StudioPage): Promise<number> {
  await page.evaluate(QUIET);
  return page.evaluate<number>('Math.max(0, ...window.tasks.splice(0))');
}
