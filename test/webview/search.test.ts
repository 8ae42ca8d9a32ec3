import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../src/contract/candidates.js';
import type { CandidateResult } from '../../src/contract/records.js';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { studioBrowser } from '../support/studio/browser.js';
import { cells, figure, percent, plotTexts, table } from '../support/studio/locators.js';
import type { StudioPage } from '../support/studio/page.js';
import { olderCandidate, olderRun, outcome, shownRun } from '../support/studio/recorded.js';
import { runStates, unfinishedRun } from '../support/studio/runs.js';
import { states } from '../support/studio/snapshots.js';

const pages = studioBrowser();

/** A run that knows nothing of recoverability, and so draws its many candidates against forget accuracy; one of them that was not saved. */
const older = olderRun.outcome;
const other = olderCandidate.outcome.candidate!;

async function open(shown: StudioSnapshot): Promise<StudioPage> {
  const studio = await pages.open({ state: { tab: 'search' } });
  await studio.sent();
  await studio.show(shown);
  return studio;
}

const text = ({ recipe: { alphaR, alphaF } }: Pick<Candidate, 'recipe'>) => `α retain ${alphaR}, α forget ${alphaF}`;

const readable = ({ recoverability }: CandidateResult) =>
  `${percent(recoverability!.balancedAccuracy)} ± ${(100 * recoverability!.error).toFixed(1)}`;

function point({ page }: StudioPage, { id }: Pick<Candidate, 'id'>): Locator {
  return page.locator(`.point[data-candidate="${id}"]`);
}

/** Only what is about candidates: the list of classes asks for pictures. */
async function chosen(studio: StudioPage): Promise<unknown[]> {
  return (await studio.sent()).filter(({ kind }) => kind === 'choose');
}

async function middle(locator: Locator): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = (await locator.boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
}

test('every candidate is a point at its place, a button, and says its numbers', async () => {
  const studio = await open(runStates.older);
  const points = studio.page.locator('.point');
  await expect.poll(() => points.count()).toBe(20);
  for (const candidate of older.candidates) {
    expect(await point(studio, candidate).getAttribute('aria-label')).toContain(
      `${text(candidate)}: kept classes ${percent(candidate.retainAccuracy)}, forgotten ${percent(candidate.forgetAccuracy)}`,
    );
  }
  // To the right is more of what was to be forgotten, up is more of what was to be kept.
  const places = await Promise.all(older.candidates.map(async (candidate) => middle(point(studio, candidate))));
  const order = (of: (candidate: CandidateResult) => number, at: (place: { x: number; y: number }) => number) => {
    for (const [i, a] of older.candidates.entries()) {
      for (const [j, b] of older.candidates.entries()) {
        if (of(a) > of(b) + 0.002) expect(at(places[i])).toBeGreaterThan(at(places[j]));
      }
    }
  };
  order(
    ({ forgetAccuracy }) => forgetAccuracy,
    ({ x }) => x,
  );
  order(
    ({ retainAccuracy }) => retainAccuracy,
    ({ y }) => -y,
  );
  const plot = figure(studio, 'What every candidate would do');
  expect(await plotTexts(plot, 'text')).toEqual(['shown, saved', '↖ better']);
  expect(await plot.locator('figcaption').innerText()).toContain('Nothing is saved until you press Save.');
});

test('buttons lie on the points of the picture', async () => {
  const studio = await open(runStates.older);
  const dots = await studio.page.locator('.stage svg [aria-label=dot]').first().locator('circle').all();
  expect(dots).toHaveLength(20);
  for (const [at, dot] of dots.entries()) {
    const [of, to] = [await middle(dot), await middle(point(studio, older.candidates[at]))];
    expect(Math.hypot(of.x - to.x, of.y - to.y)).toBeLessThan(1.5);
  }
});

describe('choosing', () => {
  test('by the pointer: it says what is under it, and a click asks for it', async () => {
    const studio = await open(runStates.older);
    const { x, y } = await middle(point(studio, other));
    await studio.page.mouse.move(x + 3, y - 2);
    const candidate = older.candidates.find(({ id }) => id === other.id)!;
    const tip = await studio.page.locator('.stage .tip').innerText();
    for (const part of [text(other), percent(candidate.retainAccuracy), percent(candidate.forgetAccuracy), '1,800'])
      expect(tip).toContain(part);
    await studio.page.mouse.click(x + 3, y - 2);
    expect(await chosen(studio)).toEqual([{ kind: 'choose', candidate: other.id }]);
    // Near a point, beside its button, is what it points at too.
    await studio.page.mouse.move(x - 14, y + 14);
    expect(await studio.page.locator('.stage .tip').innerText()).toContain(text(other));
    await studio.page.mouse.click(x - 14, y + 14);
    expect(await chosen(studio)).toEqual([{ kind: 'choose', candidate: other.id }]);
    // Far from all points there is nothing to choose.
    await studio.page.mouse.click(x + 150, y + 80);
    expect(await chosen(studio)).toEqual([]);
  });

  test('by keys alone: the shown one has the focus first, arrows walk, Enter and Space choose', async () => {
    const studio = await open(runStates.older);
    const { page } = studio;
    const focused = () => page.evaluate<string>('document.activeElement.dataset.candidate');
    await page.locator('.search lethe-term button').first().focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('projection-100-30');
    await page.keyboard.press('Enter');
    expect(await chosen(studio)).toEqual([]);
    // Every candidate is reached, from the least forgotten to the most and back.
    await page.keyboard.press('Home');
    const walked = [await focused()];
    for (let k = 1; k < 20; k++) {
      await page.keyboard.press('ArrowRight');
      walked.push(await focused());
    }
    expect(new Set(walked).size).toBe(20);
    const recognised = walked.map((key) => {
      return older.candidates.find(({ id }) => id === key)!.forgetAccuracy;
    });
    for (const [at, value] of recognised.entries())
      expect(value).toBeGreaterThanOrEqual((recognised[at - 1] ?? 0) - 1e-3);
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(walked[19]);
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(walked[18]);
    expect(await page.locator('.stage .tip b').innerText()).toBe(
      text(older.candidates.find(({ id }) => id === walked[18])!),
    );
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    const below = await focused();
    expect(below).not.toBe(walked[18]);
    await page.keyboard.press(' ');
    expect(await chosen(studio)).toEqual([walked[18], below].map((candidate) => ({ kind: 'choose', candidate })));
  });

  test('shows that it is being made, keeps the focus, and marks what is shown then', async () => {
    const studio = await open(runStates.older);
    await point(studio, other).focus();
    await studio.receive({ kind: 'changes', sequence: 2, changes: { choosing: other } });
    expect(await point(studio, other).getAttribute('aria-busy')).toBe('true');
    expect(await studio.page.locator('.run-header [role=status]').innerText()).toContain(text(other));
    await studio.page.keyboard.press('Enter');
    expect(await chosen(studio)).toEqual([]);
    await studio.receive({ kind: 'changes', sequence: 3, changes: { choosing: null, shown: olderCandidate } });
    expect(await studio.page.evaluate('document.activeElement.dataset.candidate')).toBe(other.id);
    expect(await studio.page.locator('.point[aria-pressed=true]').getAttribute('data-candidate')).toBe(other.id);
    expect(await plotTexts(figure(studio, 'What every candidate'), 'text')).toEqual(['shown', 'saved', '↖ better']);
    // The arrows go on from there, though every candidate is another object now.
    expect(await studio.page.locator('.stage .tip b').innerText()).toBe(text(other));
    await studio.page.keyboard.press('ArrowLeft');
    await studio.page.keyboard.press('ArrowRight');
    expect(await studio.page.evaluate('document.activeElement.dataset.candidate')).toBe(other.id);
  });

  test('keeps the focus on its candidate while others come before it', async () => {
    const studio = await open(runStates.searching);
    const { page } = studio;
    const { candidates } = runStates.searching.shown!.outcome;
    await point(studio, candidates[1]).focus();
    const key = await page.evaluate('document.activeElement.dataset.candidate');
    const more = unfinishedRun('running', { candidates: [...outcome.candidates.slice(3), ...candidates] });
    await studio.receive({ kind: 'changes', sequence: 2, changes: { shown: more } });
    await expect.poll(() => page.locator('.point').count()).toBe(outcome.candidates.length);
    expect(await page.evaluate('document.activeElement.dataset.candidate')).toBe(key);
  });

  test('in the table, those first that the search would take', async () => {
    const studio = await open(runStates.older);
    const rows = await cells(table(studio, 'Every candidate that was tried'));
    const byScore = [...older.candidates].sort((a, b) => b.score - a.score);
    const best = [
      ...byScore.filter(({ admissible }) => admissible),
      ...byScore.filter(({ admissible, forgets }) => forgets && !admissible),
      ...byScore.filter(({ admissible, forgets }) => !admissible && !forgets),
    ];
    expect(rows.map((row) => row.slice(0, 5))).toEqual(
      best.map(({ recipe, retainAccuracy, forgetAccuracy, score }) => [
        ...[`${recipe.alphaR}`, `${recipe.alphaF}`, percent(retainAccuracy), percent(forgetAccuracy), score.toFixed(3)],
      ]),
    );
    expect(rows.find(([r, f]) => r === '100' && f === '30')!.slice(6)).toEqual(['shown, saved, on the front', 'Shown']);
    await studio.page.getByRole('button', { name: `Show: ${text(other)}`, exact: true }).click();
    expect(await chosen(studio)).toEqual([{ kind: 'choose', candidate: other.id }]);
    // Its button keeps the focus until it is shown, and does nothing more.
    await studio.receive({ kind: 'changes', sequence: 2, changes: { choosing: other } });
    await studio.page.keyboard.press('Enter');
    await studio.receive({ kind: 'changes', sequence: 3, changes: { choosing: null, shown: olderCandidate } });
    await studio.page.keyboard.press('Enter');
    expect(await chosen(studio)).toEqual([]);
    expect(await studio.page.evaluate('document.activeElement.ariaLabel')).toBe(`Shown: ${text(other)}`);
  });

  test('waits for the end of a run', async () => {
    const studio = await open(runStates.searching);
    await expect.poll(() => studio.page.locator('.point').count()).toBe(3);
    const [first] = outcome.candidates;
    const view = studio.page.locator('#view-search');
    expect(await view.innerText()).toContain('They can be chosen when the run has ended.');
    expect(await view.innerText()).toContain('judged on few samples');
    const { x, y } = await middle(point(studio, first));
    await studio.page.mouse.click(x, y);
    expect(await chosen(studio)).toEqual([]);
    await expect.poll(() => view.locator('tbody button').count()).toBe(0);
    expect(await point(studio, first).getAttribute('aria-disabled')).toBe('true');
  });
});

test('one candidate is no search', async () => {
  const candidates = outcome.candidates.filter(({ chosen }) => chosen);
  const studio = await open({ ...states.done, shown: { ...shownRun, outcome: { ...outcome, candidates } } });
  const view = await studio.page.locator('#view-search').innerText();
  expect(view).toContain(`This run tried one candidate, ${text(candidates[0])}`);
  expect(view).toContain(percent(candidates[0].retainAccuracy));
  expect(view).toContain(`could be read ${readable(candidates[0])} of the time`);
  await expect.poll(() => studio.page.locator('.point').count()).toBe(0);
});

test('candidates that are all alike have room too', async () => {
  const candidates = older.candidates.map((entry) => ({ ...entry, retainAccuracy: 1, forgetAccuracy: 0 }));
  const studio = await open({ ...runStates.older, shown: { ...olderRun, outcome: { ...older, candidates } } });
  const { width } = (await studio.page.locator('.stage').boundingBox())!;
  const { x } = (await point(studio, other).boundingBox())!;
  expect(x).toBeGreaterThan(0);
  expect(width).toBeGreaterThan(300);
});

describe('without candidates', () => {
  test('says what there will be to see', async () => {
    const studio = await open(states.fresh);
    const view = studio.page.locator('#view-search');
    expect(await view.innerText()).toContain('every one that it tried'.replace('  ', ' '));
    await studio.show({ ...runStates.begun, sequence: 2 });
    expect(await view.innerText()).toContain('No candidate was tried yet');
    await studio.show({ ...runStates.interrupted, shown: unfinishedRun('interrupted'), sequence: 3 });
    expect(await view.innerText()).toContain('The run was broken off before that.');
  });
});
