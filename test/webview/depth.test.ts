import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { projectionRecipe } from '../../src/contract/recipes.js';
import type { CandidateResult } from '../../src/contract/records.js';
import type { Outcome, StudioRun } from '../../src/contract/run.js';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { depthChoices } from '../../src/figures/candidates.js';
import { studioBrowser } from '../support/studio/browser.js';
import { cells, figure, percent, table } from '../support/studio/locators.js';
import type { StudioPage } from '../support/studio/page.js';
import { outcome, shownRun } from '../support/studio/recorded.js';
import { runStates } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';

// Search as it is where the run knows how well the forgotten classes can be read from each candidate.

const pages = studioBrowser();
const { candidates } = outcome;
/** From the one that keeps most to the deepest. */
const front = depthChoices(candidates);
const shownAt = front.findIndex(({ id }) => id === outcome.candidate!.id);
const last = front.length - 1;

async function open(shown: StudioSnapshot): Promise<StudioPage> {
  const studio = await pages.open({ state: { tab: 'search' } });
  await studio.sent();
  await studio.show(shown);
  return studio;
}

const showing = (candidate: CandidateResult, changes: Partial<Outcome> = {}): StudioRun => ({
  ...shownRun,
  outcome: { ...outcome, candidate, ...changes },
});

const dial = ({ page }: StudioPage): Locator => page.locator('lethe-depth input');
const said = ({ page }: StudioPage) => page.locator('lethe-depth p').first().innerText();
const text = ({ recipe: { alphaR, alphaF } }: CandidateResult) => `α retain ${alphaR}, α forget ${alphaF}`;
const readable = ({ recoverability }: CandidateResult) =>
  `${percent(recoverability!.balancedAccuracy)} ± ${(100 * recoverability!.error).toFixed(1)}`;
const effect = (candidate: CandidateResult) =>
  `Kept classes ${percent(candidate.retainAccuracy)}, readable ${readable(candidate)}`;

async function chosen(studio: StudioPage): Promise<unknown[]> {
  return (await studio.sent()).filter(({ kind }) => kind === 'choose');
}

async function middle(locator: Locator): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = (await locator.boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
}

test('the fixtures have something to choose from', () => {
  expect(front.length).toBeGreaterThan(2);
  expect(shownAt).toBeGreaterThanOrEqual(0);
});

describe('the dial', () => {
  test('stands where the shown candidate does, and says what that is', async () => {
    const studio = await open(states.done);
    expect(await dial(studio).inputValue()).toBe(`${shownAt}`);
    expect(await dial(studio).getAttribute('max')).toBe(`${last}`);
    const shown = front[shownAt];
    expect(await said(studio)).toContain(effect(shown));
    expect(await said(studio)).toContain(`${shownAt + 1} of ${front.length}: ${text(shown)}; judged on`);
    expect(await dial(studio).getAttribute('aria-valuetext')).toBe(
      `kept classes ${percent(shown.retainAccuracy)}, readable ${readable(shown)}`,
    );
    expect(await studio.page.locator('lethe-depth .depth-dial').innerText()).toMatch(/^Keep more\s+Forget deeper$/);
  });

  test('is moved by keys, one candidate a step, and chooses as a point does', async () => {
    const studio = await open({ ...states.done, shown: showing(front[1]) });
    await dial(studio).focus();
    await studio.page.keyboard.press('ArrowLeft');
    expect(await chosen(studio)).toEqual([{ kind: 'choose', candidate: front[0].id }]);
    expect(await said(studio)).toContain(effect(front[0]));
    // Until it is made, the dial stays there, keeps the focus, and can't be moved.
    await studio.receive({ kind: 'changes', sequence: 2, changes: { choosing: front[0] } });
    expect(await dial(studio).getAttribute('aria-disabled')).toBe('true');
    await studio.page.keyboard.press('End');
    expect(await dial(studio).inputValue()).toBe('0');
    expect(await chosen(studio)).toEqual([]);
    await studio.receive({ kind: 'changes', sequence: 3, changes: { choosing: null, shown: showing(front[0]) } });
    expect(await studio.page.evaluate('document.activeElement.type')).toBe('range');
    await studio.page.keyboard.press('End');
    expect(await chosen(studio)).toEqual([{ kind: 'choose', candidate: front[last].id }]);
  });

  test('goes back where the candidate could not be made', async () => {
    const studio = await open({ ...states.done, shown: showing(front[1]) });
    await dial(studio).focus();
    await studio.page.keyboard.press('Home');
    await studio.receive({ kind: 'changes', sequence: 2, changes: { choosing: front[0] } });
    await studio.receive({ kind: 'changes', sequence: 3, changes: { choosing: null } });
    expect(await dial(studio).inputValue()).toBe('1');
    expect(await said(studio)).toContain(effect(front[1]));
  });

  test('says under the pointer what it would be, and chooses when it is let go', async () => {
    const studio = await open({ ...states.done, shown: showing(front[0]) });
    const { x, y, width, height } = (await dial(studio).boundingBox())!;
    await studio.page.mouse.move(x + 8, y + height / 2);
    await studio.page.mouse.down();
    await studio.page.mouse.move(x + width - 4, y + height / 2, { steps: 8 });
    expect(await said(studio)).toContain(effect(front[last]));
    expect(await chosen(studio)).toEqual([]);
    await studio.page.mouse.up();
    expect(await chosen(studio)).toEqual([{ kind: 'choose', candidate: front[last].id }]);
  });

  test('can’t be moved before the run has ended, nor after it was broken off', async () => {
    const running = showing(front[1]);
    const studio = await open({ ...states.running, shown: { ...running, state: 'running' } });
    expect(await dial(studio).isDisabled()).toBe(true);
    expect(await studio.page.locator('lethe-depth').innerText()).toContain('when the run has ended');
    await studio.show({ ...states.running, shown: { ...running, state: 'interrupted' }, sequence: 2 });
    expect(await dial(studio).isDisabled()).toBe(true);
    expect(await studio.page.locator('lethe-depth').innerText()).toContain('broken off');
  });

  test('says of a candidate that is not on it why that is so', async () => {
    const failing = { ...front[1], admissible: false };
    const listed = candidates.map((candidate) => (candidate.id === failing.id ? failing : candidate));
    const studio = await open({ ...states.done, shown: showing(failing, { candidates: listed }) });
    expect(await dial(studio).getAttribute('max')).toBe(`${last - 1}`);
    expect(await said(studio)).toContain(effect(failing));
    expect(await said(studio)).toContain(`not on the dial: ${text(failing)}; it misses a limit`);
    await dial(studio).focus();
    await studio.page.keyboard.press('End');
    expect(await chosen(studio)).toEqual([{ kind: 'choose', candidate: front[last].id }]);
  });

  test('is left out where there is nothing to choose, or nobody knows what can be read', async () => {
    const beaten = candidates.map((candidate) => ({ ...candidate, recoverability: candidates[0].recoverability }));
    const studio = await open({ ...states.done, shown: showing(front[0], { candidates: beaten }) });
    expect(await studio.page.locator('#view-search').innerText()).toContain('there is no depth to choose');
    await studio.show({ ...runStates.older, sequence: 2 });
    await expect.poll(() => studio.page.locator('.point').count()).toBe(20);
    expect(await dial(studio).count()).toBe(0);
    expect(await studio.page.locator('#view-search').innerText()).not.toContain('depth');
  });
});

describe('the picture', () => {
  test('has points by what can be read from them, with their error, and a line along the dial', async () => {
    const studio = await open(states.done);
    const plot = figure(studio, 'What every candidate would do');
    await expect
      .poll(() => plot.locator('svg[role=img]').getAttribute('aria-label'))
      .toContain('against recoverability');
    const point = ({ id }: CandidateResult) => studio.page.locator(`.point[data-candidate="${id}"]`);
    const places = await Promise.all(candidates.map((candidate) => middle(point(candidate))));
    for (const [i, a] of candidates.entries()) {
      expect(await point(a).getAttribute('aria-label')).toContain(
        `${text(a)}: kept classes ${percent(a.retainAccuracy)}, forgotten ${percent(a.forgetAccuracy)}, readable ${readable(a)}`,
      );
      for (const [j, b] of candidates.entries()) {
        const further = a.recoverability!.balancedAccuracy - b.recoverability!.balancedAccuracy;
        if (further > 0.002) expect(places[i].x).toBeGreaterThan(places[j].x);
      }
    }
    const bars = await plot.locator('svg [aria-label=link] > path').all();
    expect(bars).toHaveLength(candidates.length);
    for (const [at, bar] of bars.entries()) {
      const { x, y } = await middle(bar);
      expect(Math.hypot(x - places[at].x, y - places[at].y)).toBeLessThan(1.5);
    }
    const legend = await plot.locator('.keys').innerText();
    expect(legend).toContain('on the dial: none is better in both');
    expect(legend).not.toContain('limit');
  });

  test('has those apart that do not do what they must', async () => {
    const listed = candidates.map((candidate, at) => ({ ...candidate, admissible: at !== 0 }));
    const studio = await open({ ...states.done, shown: showing(front[shownAt], { candidates: listed }) });
    const plot = figure(studio, 'What every candidate would do');
    expect(await plot.locator('.keys').innerText()).toContain('does not forget, or breaks a limit');
    const [cross] = await plot.locator('svg [aria-label=dot] path').all();
    const place = await middle(studio.page.locator(`.point[data-candidate="${candidates[0].id}"]`));
    expect(Math.hypot((await middle(cross)).x - place.x, (await middle(cross)).y - place.y)).toBeLessThan(1.5);
  });
});

test('the table tells what can be read in place of a score, those first that keep most', async () => {
  const studio = await open(states.done);
  const rows = await cells(table(studio, 'Every candidate that was tried'));
  const sorted = [...candidates].sort((a, b) => b.retainAccuracy - a.retainAccuracy);
  expect(rows.map((row) => row.slice(0, 5))).toEqual(
    sorted.map((candidate) => [
      ...[`${candidate.recipe.alphaR}`, `${candidate.recipe.alphaF}`, percent(candidate.retainAccuracy)],
      ...[percent(candidate.forgetAccuracy), readable(candidate)],
    ]),
  );
  expect(rows.flat().filter((cell) => cell.includes('on the dial'))).toHaveLength(front.length);
});

test('the table tells the method where there is more than one', async () => {
  const recipe = projectionRecipe(30, 3);
  const listed = [{ ...candidates[0], id: 'projection-30-3', recipe }, ...candidates.slice(1)];
  const studio = await open({ ...states.done, shown: showing(front[shownAt], { candidates: listed }) });
  const methods = (await cells(table(studio, 'Every candidate that was tried'))).map(([method]) => method);
  expect(methods.filter((method) => method === 'projection')).toHaveLength(1);
  expect(methods.filter((method) => method === 'refit')).toHaveLength(candidates.length - 1);
});
