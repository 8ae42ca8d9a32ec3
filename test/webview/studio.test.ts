import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import type { FromStudio, StudioSnapshot } from '../../src/contract/studio.js';
import { evaluate } from '../../src/engine/jobs/evaluate.js';
import { inspect } from '../../src/engine/jobs/inspect.js';
import { showRun } from '../../src/engine/jobs/showRun.js';
import { unlearn } from '../../src/engine/jobs/unlearn.js';
import { shapeClasses, writeShapes } from '../support/models/shapes.js';
import { studioBrowser } from '../support/studio/browser.js';
import { large } from '../support/studio/large.js';
import { button, cells, isDisabled, numbers, openTab, percent, points, table } from '../support/studio/locators.js';
import type { StudioOptions, StudioPage } from '../support/studio/page.js';
import { evaluated, snapshot, states, violation } from '../support/studio/snapshots.js';

const pages = studioBrowser();

async function open(shown?: StudioSnapshot, options: StudioOptions = {}): Promise<StudioPage> {
  const studio = await pages.open(options);
  expect(await sent(studio)).toEqual([{ kind: 'ready' }]);
  if (shown) await studio.show(shown);
  return studio;
}

function option({ page }: StudioPage, name: string): Locator {
  return page.locator(`[role=option][title="${name}"]`);
}

/** What was sent since the last look, without the questions: the list of classes asks for pictures when it gets to it. */
async function sent(studio: StudioPage): Promise<FromStudio[]> {
  return (await studio.sent()).filter(({ kind }) => kind !== 'ask' && kind !== 'dropQuestion');
}

test('shows the name and where things will be before it knows anything', async () => {
  const studio = await open();
  expect(await studio.page.locator('h1').textContent()).toBe('fashion.onnx');
  await expect.poll(() => studio.page.locator('.skeleton').count()).toBe(2);
});

test('shows what real jobs tell of a real model', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'lethe-studio-'));
  try {
    const model = await writeShapes(folder);
    const facts = await inspect({ model });
    const measured = await evaluate({ model });
    const result = await unlearn({ model, forget: ['Ring/disc'] });
    const summary = {
      ...evaluated,
      policy: [],
      classes: shapeClasses,
      detail: '',
      measured: { ...measured, created: '2026-01-31T09:40:00.000Z' },
    };
    const shown = await showRun({ run: result.run });
    const studio = await open(snapshot({ name: 'shapes.onnx', facts, summary, shown }));

    const header = await studio.page.locator('header').innerText();
    for (const text of [
      'shapes.onnx',
      '10.4 kB',
      'n × 1 × 10 × 10',
      '2,441',
      '3 editable',
      percent(measured.accuracy),
      '300 test samples',
    ]) {
      expect(header).toContain(text);
    }
    for (const { class: name, accuracy, count } of measured.perClass) {
      expect(await option(studio, name).locator('.number').allTextContents()).toEqual([
        `recognised ${percent(accuracy!)}`,
        `of ${count} samples`,
      ]);
    }
    expect(await numbers(studio, 'Accuracy of each class')).toEqual(
      [...result.perClass]
        .sort(
          (a, b) =>
            Number(b.role === 'forget') - Number(a.role === 'forget') || a.after! - a.before! - (b.after! - b.before!),
        )
        .map(({ class: name, role, before, after, count }) => [
          ...[name, role === 'forget' ? 'forget' : 'keep', percent(before!), percent(after!)],
          ...[points(after! - before!), `${count}`],
        ]),
    );
    const cards = await studio.page.locator('.number-card .value').allInnerTexts();
    expect(cards[0].split(/\s+/)).toContain(percent(result.after.forgetAccuracy));
    expect(cards[1].split(/\s+/)).toContain(percent(result.after.retainAccuracy));
    const { alphaR, alphaF } = result.candidate.recipe;
    const { after } = result.recoverability;
    expect(cards[2].split(/\s+/)).toContain(percent(after!.balancedAccuracy));
    expect(cards.slice(3)).toEqual([`${alphaR} / ${alphaF}`, '300']);
    await openTab(studio, 'search');
    expect((await cells(table(studio, 'Every candidate that was tried'))).map(([r, f]) => `${r} ${f}`).sort()).toEqual(
      result.candidates.map(({ recipe: { alphaR, alphaF } }) => `${alphaR} ${alphaF}`).sort(),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

describe('messages from the host', () => {
  const count = (studio: StudioPage) => studio.page.locator('#classes-count').textContent();

  test('an older snapshot is left out', async () => {
    const studio = await open(snapshot({ sequence: 5, selected: [1] }));
    await studio.show(snapshot({ sequence: 4, selected: [1, 2, 3] }));
    expect(await count(studio)).toBe('1 of 10 ticked');
    await studio.show(snapshot({ sequence: 6, selected: [1, 2, 3] }));
    expect(await count(studio)).toBe('3 of 10 ticked');
  });

  test('changes add up, and a missed one is asked for', async () => {
    const studio = await open(snapshot({ sequence: 5 }));
    await studio.receive({ kind: 'changes', sequence: 6, changes: { selected: [1] } });
    await studio.receive({ kind: 'changes', sequence: 7, changes: { summary: evaluated } });
    expect(await count(studio)).toBe('1 of 10 ticked');
    expect(await option(studio, 'Shirt').innerText()).toContain('75.3%');
    await studio.receive({ kind: 'changes', sequence: 7, changes: { selected: [] } });
    expect(await count(studio)).toBe('1 of 10 ticked');
    expect(await sent(studio)).toEqual([]);
    await studio.receive({ kind: 'changes', sequence: 9, changes: { selected: [] } });
    expect(await count(studio)).toBe('1 of 10 ticked');
    expect(await sent(studio)).toEqual([{ kind: 'ready' }]);
  });

  test('ticks that come before the answer to the first add up', async () => {
    const studio = await open(snapshot());
    await option(studio, 'Bag').click();
    await option(studio, 'Dress').click();
    expect(await sent(studio)).toEqual([
      { kind: 'select', selected: [8] },
      { kind: 'select', selected: [3, 8] },
    ]);
    await studio.receive({ kind: 'changes', sequence: 2, changes: { selected: [8] } });
    expect(await count(studio)).toBe('2 of 10 ticked');
    await studio.receive({ kind: 'changes', sequence: 3, changes: { selected: [3, 8] } });
    // Agreed: from here on the host's word counts again.
    await studio.receive({ kind: 'changes', sequence: 4, changes: { selected: [0] } });
    expect(await count(studio)).toBe('1 of 10 ticked');
  });
});

describe('choosing classes', () => {
  test('by keyboard alone: filter, move, tick, run', async () => {
    const studio = await open(snapshot({ summary: evaluated }));
    const { page } = studio;
    await page.locator('.filter').focus();
    await page.keyboard.type('s');
    expect(await page.getByRole('option').allTextContents()).toHaveLength(6);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press(' ');
    expect(await sent(studio)).toEqual([{ kind: 'select', selected: [6] }]);
    const list = page.getByRole('listbox');
    expect(await list.getAttribute('aria-activedescendant')).toBe(await option(studio, 'Shirt').getAttribute('id'));
    expect(await option(studio, 'Shirt').getAttribute('aria-checked')).toBe('true');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Unlearn 1 class');
    await page.keyboard.press('Enter');
    expect(await sent(studio)).toEqual([{ kind: 'unlearn', settings: {} }]);
  });

  test('the policy at once, and none at once', async () => {
    const studio = await open(snapshot({ summary: evaluated, selected: [0] }));
    await button(studio, 'Tick policy').click();
    await button(studio, 'Clear').click();
    expect(await sent(studio)).toEqual([
      { kind: 'select', selected: [0, 6] },
      { kind: 'select', selected: [] },
    ]);
    const heard = 'Shirt must be forgotten recognised 75.3% of 1,000 samples';
    await expect.poll(() => studio.page.getByRole('option', { name: heard, exact: true }).count()).toBe(1);
  });

  test('says what was forgotten before, and what keeps its limit', async () => {
    const studio = await open(states.verified);
    expect(await option(studio, 'Shirt').locator('.tag').innerText()).toBe('forgotten');
    await expect.poll(() => button(studio, 'Tick policy').count()).toBe(0);
  });

  test('among a thousand, of which only those in view are drawn', async () => {
    const studio = await open(large());
    const { page } = studio;
    const drawn = () => page.getByRole('option').count();
    expect(await drawn()).toBeLessThan(40);
    const list = page.getByRole('listbox');
    await list.focus();
    await page.keyboard.press('End');
    const last = page.locator('[role=option][data-class="999"]');
    await last.waitFor();
    expect(await last.getAttribute('aria-posinset')).toBe('1000');
    expect(await last.getAttribute('aria-setsize')).toBe('1000');
    expect(await last.getAttribute('aria-checked')).toBe('true');
    expect(await list.getAttribute('aria-activedescendant')).toBe('class-999');
    expect(await drawn()).toBeLessThan(40);
    await page.locator('.filter input').fill('stingray');
    await button(studio, 'Tick 100 shown').click();
    const [message] = await sent(studio);
    const stingrays = Array.from({ length: 100 }, (_, k) => 10 * k + 4);
    expect(message).toEqual({ kind: 'select', selected: [3, ...stingrays, 500, 999].sort((a, b) => a - b) });
    await page.locator('.filter input').fill('zebra');
    expect(await page.locator('.picker').innerText()).toContain('No class matches “zebra”.');
  });

  test('of an unnamed model by number, and not all of them', async () => {
    const facts = { ...states.fresh.facts!, classCount: 3 };
    const summary = { ...evaluated, classes: null, policy: [], measured: null };
    const studio = await open(snapshot({ facts, summary, selected: [0, 1] }));
    expect(await studio.page.getByRole('option').locator('.name').allTextContents()).toEqual([
      'Class 0',
      'Class 1',
      'Class 2',
    ]);
    expect(await isDisabled(button(studio, 'Unlearn 2 classes'))).toBe(false);
    await option(studio, 'Class 2').click();
    expect(await isDisabled(button(studio, 'Unlearn 3 classes'))).toBe(true);
    expect(await studio.page.locator('.run').innerText()).toContain('Leave at least one class to keep.');
  });
});

describe('settings', () => {
  test('go with the run and the command line, and block both while one is wrong', async () => {
    const studio = await open(snapshot({ selected: [6] }));
    const { page } = studio;
    await page.locator('summary', { hasText: 'Settings' }).click();
    const write = (name: string, text: string) => page.locator(`[data-setting=${name}] input`).fill(text);
    await write('samples', '50');
    await write('alphaR', '10, 30 100');
    await write('alphaF', '1, -3');
    expect(await page.locator('.problem').allInnerTexts()).toEqual([
      'Enter positive numbers up to 100,000, like 10, 30, 100.',
    ]);
    expect(await isDisabled(button(studio, 'Unlearn 1 class'))).toBe(true);
    await write('alphaF', '0.5');
    await button(studio, 'Unlearn 1 class').click();
    await button(studio, 'Copy command line').click();
    const settings = { samples: 50, alphaR: [10, 30, 100], alphaF: [0.5] };
    expect(await sent(studio)).toEqual([
      { kind: 'unlearn', settings },
      { kind: 'copyCommandLine', settings },
    ]);
    await button(studio, 'Reset to defaults').click();
    await button(studio, 'Unlearn 1 class').click();
    expect(await sent(studio)).toEqual([{ kind: 'unlearn', settings: {} }]);
  });
});

describe('a job', () => {
  test('shows its phase and how far it is, and can be cancelled', async () => {
    const studio = await open(states.running);
    const bar = studio.page.getByRole('progressbar');
    expect(await bar.getAttribute('aria-valuenow')).toBe('40');
    expect(await studio.page.locator('.run').innerText()).toMatch(
      /Unlearning Shirt[\s\S]*Trying candidates\s*40%[\s\S]*α retain 3, α forget 10/,
    );
    expect(await studio.page.locator('main > [role=status]').textContent()).toBe('Unlearning Shirt: Trying candidates');
    expect(await isDisabled(button(studio, 'Unlearn Shirt'))).toBe(true);
    await button(studio, 'Cancel').click();
    expect(await sent(studio)).toEqual([{ kind: 'cancel' }]);
    const run = { ...states.running.run!, status: 'cancelling' as const };
    await studio.receive({ kind: 'changes', sequence: 2, changes: { run } });
    expect(await isDisabled(button(studio, 'Cancelling…'))).toBe(true);
  });

  test('waits in the queue', async () => {
    const studio = await open(states.queued);
    expect(await studio.page.locator('.run').innerText()).toContain('Waiting for 2 jobs');
    expect(await studio.page.getByRole('progressbar').getAttribute('aria-valuenow')).toBeNull();
  });

  test('hands the focus from Run to Cancel and back', async () => {
    const studio = await open(snapshot({ selected: [6] }));
    const focused = () => studio.page.evaluate('document.activeElement.textContent.trim()');
    await button(studio, 'Unlearn 1 class').focus();
    await studio.page.keyboard.press('Enter');
    await studio.receive({ kind: 'changes', sequence: 2, changes: { run: states.running.run } });
    expect(await focused()).toBe('Cancel');
    await studio.receive({ kind: 'changes', sequence: 3, changes: { run: states.cancelled.run } });
    expect(await focused()).toBe('Unlearn 1 class');
  });

  test('that failed says why and what to do', async () => {
    const studio = await open(states.failed);
    const alert = await studio.page.getByRole('alert').innerText();
    for (const text of ['Shirt could not be unlearned', 'No candidate forgets', 'give larger alpha_f'])
      expect(alert).toContain(text);
    await button(studio, 'Show log').click();
    expect(await sent(studio)).toEqual([{ kind: 'open', what: 'log' }]);
    expect(await isDisabled(button(studio, 'Unlearn 1 class'))).toBe(false);
  });
});

describe('what stands in the way', () => {
  test('findings come with what can be done', async () => {
    const studio = await open(states.evaluated);
    const banner = studio.page.locator('.banners');
    expect(await banner.innerText()).toContain('recognised 75.3% of the time');
    // The buttons say what to do; where there are none, the hint does.
    expect(await banner.innerText()).not.toContain(violation.hint!);
    await button(studio, 'Unlearn Shirt').click();
    expect(await sent(studio)).toEqual([{ kind: 'action', action: states.evaluated.findings[0].actions[0] }]);
    expect(await studio.page.locator('header').innerText()).toContain('Knows forbidden classes');
    const [finding] = states.evaluated.findings;
    const without = await open(snapshot({ findings: [{ ...finding, actions: [] }] }));
    expect(await without.page.locator('.banners').innerText()).toContain(violation.hint!);
  });

  test('many findings are folded, the worst come first', async () => {
    const [finding] = states.evaluated.findings;
    const findings = Array.from({ length: 9 }, (_, at) => ({
      ...finding,
      severity: at === 8 ? ('error' as const) : ('information' as const),
      message: `finding ${at}`,
    }));
    const studio = await open(snapshot({ findings }));
    const seen = () => studio.page.locator('.banner .text p:first-child:visible').allInnerTexts();
    expect((await seen()).map((text) => text.split('.')[0])).toEqual([
      'Finding 8',
      'Finding 0',
      'Finding 1',
      'Finding 2',
    ]);
    await studio.page.locator('summary', { hasText: '5 more findings' }).click();
    expect(await seen()).toHaveLength(9);
  });

  test('no trust', async () => {
    const studio = await open(states.restricted);
    for (const name of ['Unlearn classes', 'Evaluate', 'Copy command line']) {
      expect(await isDisabled(button(studio, name))).toBe(true);
    }
    await expect.poll(() => button(studio, 'Set up…').count()).toBe(0);
    await button(studio, 'Manage trust').click();
    expect(await sent(studio)).toEqual([{ kind: 'open', what: 'trust' }]);
  });

  test('no lethe.json', async () => {
    const studio = await open(states.unset);
    expect(await isDisabled(button(studio, 'Evaluate'))).toBe(true);
    await button(studio, 'Set up…').click();
    expect(await sent(studio)).toEqual([{ kind: 'setUp' }]);
  });

  test('a file that can’t be read', async () => {
    const studio = await open(states.unreadable);
    const text = await studio.page.locator('.failure').innerText();
    for (const part of [
      'This model can’t be read',
      'Is damaged or no ONNX file: field 7 says it is 385692 bytes long, but only 199987 are left.',
      'fashion.onnx, byte 9',
      'Export or download the model again.',
    ]) {
      expect(text).toContain(part);
    }
    await expect.poll(() => studio.page.getByRole('listbox').count()).toBe(0);
  });

  test('what is wrong with the files, where no finding says it', async () => {
    const studio = await open(states.faulty);
    expect(await studio.page.locator('.banners').innerText()).toContain('There is no class "Shrit".');
    await button(studio, 'Open lethe.json').click();
    expect(await sent(studio)).toEqual([{ kind: 'open', what: 'config' }]);
    await studio.show({ ...states.faulty, sequence: 2, findings: states.evaluated.findings });
    expect(await studio.page.locator('.banners').innerText()).not.toContain('Shrit');
  });

  test('nobody knows yet whether there is a lethe.json', async () => {
    const studio = await open(snapshot({ summary: null, selected: [1] }));
    await expect.poll(() => studio.page.locator('.banners').count()).toBe(0);
    expect(await studio.page.locator('.run').innerText()).toContain('Looking for the model’s data…');
    expect(await isDisabled(button(studio, 'Unlearn 1 class'))).toBe(true);
  });

  test('a lethe.json that is not valid', async () => {
    const studio = await open(states.misconfigured);
    expect(await studio.page.locator('.failure li').allInnerTexts()).toEqual([
      expect.stringMatching(/^Must be a number, is "one"\.\s+lethe\.json, line 8, column 44\s+Write a number\.$/),
      expect.stringContaining('Unknown format "idz".'),
    ]);
    await button(studio, 'Open lethe.json').click();
    expect(await sent(studio)).toEqual([{ kind: 'open', what: 'config' }]);
  });
});

test('comes back as it was left', async () => {
  const first = await open(large(), { width: 700, height: 600 });
  const { page } = first;
  await page.locator('summary', { hasText: 'Settings' }).click();
  await page.locator('[data-setting=seed] input').fill('7');
  await page.locator('.filter input').fill('hen');
  await page.getByRole('listbox').evaluate((list) => {
    list.scrollTop = 700;
  });
  await page.evaluate('scrollTo(0, 250)');
  await expect.poll(() => first.state()).toMatchObject({ scroll: 250, listScroll: 700 });

  const second = await open(large(), { width: 700, height: 600, state: await first.state() });
  expect(await second.page.locator('[data-setting=seed]').isVisible()).toBe(true);
  expect(await second.page.locator('[data-setting=seed] input').inputValue()).toBe('7');
  expect(await second.page.locator('.filter input').inputValue()).toBe('hen');
  expect(await second.page.getByRole('listbox').evaluate((list) => list.scrollTop)).toBe(700);
  expect(await second.page.evaluate('scrollY')).toBe(250);
  expect(await second.page.locator('[role=option][data-class="266"]').isVisible()).toBe(true);
});

test('forgives a state that another version stored', async () => {
  const studio = await open(snapshot({ selected: [6] }), { state: { scroll: 0, tab: 'gone' } });
  expect(await isDisabled(button(studio, 'Unlearn 1 class'))).toBe(false);
});
