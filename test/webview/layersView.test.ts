import type { Locator } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import type { StudioSnapshot } from '../../src/contract/studio.js';
import { seriousFaults } from '../support/studio/axe.js';
import { studioBrowser } from '../support/studio/browser.js';
import { largeRun } from '../support/studio/large.js';
import { spectralLayers, spectralRun, spectralSnapshot } from '../support/studio/layers.js';
import { type StudioPage, screenshots } from '../support/studio/page.js';
import { other, secondRun } from '../support/studio/recorded.js';
import { runStates } from '../support/studio/runs.js';
import { facts, states } from '../support/studio/snapshots.js';
import { THEMES } from '../support/studio/themes.js';

const pages = studioBrowser();

async function open(snapshot: StudioSnapshot, state: object = {}, width = 1280): Promise<StudioPage> {
  const studio = await pages.open({ width, state: { tab: 'layers', ...state } });
  await studio.show(snapshot);
  return studio;
}

function row({ page }: StudioPage, layer: string): Locator {
  return page.locator('.dimensions tbody tr', { has: page.locator(`th[title="${layer}"]`) });
}

async function chosen({ page }: StudioPage): Promise<string | null> {
  return page.locator('#chosen-layer').textContent();
}

function slider({ page }: StudioPage, side: 'retain' | 'forget'): Locator {
  return page.getByRole('slider', { name: `α ${side}` });
}

/** Presses a key so often on a slider. */
async function press(on: Locator, key: string, times: number): Promise<void> {
  for (let at = 0; at < times; at++) await on.press(key);
}

/** The formula in another form than the view's. */
const importance = (share: number, alpha: number) => 1 / (1 + (1 / share - 1) / alpha);
const dimension = (shares: Float32Array, alpha: number) =>
  shares.reduce((sum, share) => sum + importance(share, alpha), 0);
const short = (value: number) => (value < 0.1 ? value.toFixed(2) : value.toFixed(1));
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

describe('dimensions', () => {
  test('are those of the run, against the width over all groups', async () => {
    const studio = await open(spectralSnapshot);
    const rows = await studio.page.locator('.dimensions tbody tr').all();
    expect(rows).toHaveLength(spectralLayers.length);
    for (const [at, layer] of spectralLayers.entries()) {
      expect((await rows[at].locator('th').textContent())!.trim()).toBe(layer.name);
      expect(await rows[at].locator('td.number').allTextContents()).toEqual([
        short(layer.retainDimension!),
        short(layer.forgetDimension!),
        short(layer.removedDimension!),
        (layer.in * layer.groups).toLocaleString('en-US'),
        percent(layer.weightChange!),
      ]);
    }
    expect(await row(studio, 'block1.depthwise').innerText()).toContain('288');
  });

  test('stand on one logarithmic scale', async () => {
    const studio = await open(spectralSnapshot);
    const place = async (layer: string, mark: string) => {
      const box = (await row(studio, layer).locator(`.mark.${mark}`).boundingBox())!;
      return box.x + box.width / 2;
    };
    const ticks = await studio.page.locator('.ticks > span').all();
    expect(await studio.page.locator('.ticks > span').allTextContents()).toEqual([
      '0.01',
      '0.1',
      '1',
      '10',
      '100',
      '1k',
    ]);
    const centre = async (at: number) => {
      const box = (await ticks[at].boundingBox())!;
      return box.x + box.width / 2;
    };
    const [one, ten] = [await centre(2), await centre(3)];
    for (const { name, retainDimension, forgetDimension, removedDimension, in: columns, groups } of spectralLayers) {
      const marks = {
        retain: retainDimension!,
        forget: forgetDimension!,
        removed: removedDimension!,
        width: columns * groups,
      };
      for (const [mark, value] of Object.entries(marks)) {
        const at = await place(name, mark);
        expect(Math.abs(at - (one + Math.log10(value) * (ten - one))), `${name} ${mark}`).toBeLessThan(1.5);
      }
    }
  });

  test('of sixty layers scroll inside, to the chosen one', async () => {
    const studio = await open(largeRun());
    await expect.poll(() => studio.page.locator('.dimensions tbody tr').count()).toBe(60);
    const box = studio.page.locator('.dimensions .table-box');
    await expect
      .poll(() => box.evaluate((element) => (element as unknown as { scrollTop: number }).scrollTop))
      .toBeGreaterThan(0);
    const [frame, line] = [(await box.boundingBox())!, (await studio.page.locator('tr.chosen').boundingBox())!];
    expect(frame.height).toBeLessThan(420);
    expect(line.y).toBeGreaterThan(frame.y);
    expect(line.y + line.height).toBeLessThan(frame.y + frame.height);
  });
});

describe('a layer', () => {
  test('is chosen at first where the weight changed most, and told in words', async () => {
    const studio = await open(spectralSnapshot);
    const layer = spectralLayers[2];
    expect(await chosen(studio)).toBe('block4.conv');
    const words = await studio.page.locator('.chosen-layer dl').innerText();
    expect(words.replaceAll(/\s+/g, ' ')).toContain(`${short(layer.retainDimension!)} of 4,608`);
    expect(await studio.page.locator('.chosen-layer dl dd b').allTextContents()).toEqual([
      short(layer.retainDimension!),
      short(layer.forgetDimension!),
      short(layer.removedDimension!),
      percent(layer.weightChange!),
    ]);
    expect(await studio.page.locator('.chosen-layer .head').innerText()).toContain('512 × 4608');
  });

  test('is chosen by a click, and stays', async () => {
    const studio = await open(spectralSnapshot);
    await row(studio, 'stem.conv').locator('td.scale').click();
    expect(await chosen(studio)).toBe('stem.conv');
    expect(await studio.state()).toMatchObject({ layer: 'stem.conv' });
    const again = await open(spectralSnapshot, { layer: 'stem.conv' });
    expect(await chosen(again)).toBe('stem.conv');
  });

  test('is chosen with the arrow keys', async () => {
    const studio = await open(spectralSnapshot);
    const focused = () => studio.page.evaluate<string>('document.activeElement.textContent.trim()');
    await studio.page.locator('tr.chosen button').focus();
    await studio.page.keyboard.press('ArrowDown');
    expect([await chosen(studio), await focused()]).toEqual(['logits', 'logits']);
    await studio.page.keyboard.press('ArrowDown');
    expect(await chosen(studio)).toBe('logits');
    await studio.page.keyboard.press('Home');
    expect([await chosen(studio), await focused()]).toEqual(['stem.conv', 'stem.conv']);
    await studio.page.keyboard.press('End');
    await studio.page.keyboard.press('ArrowUp');
    expect(await chosen(studio)).toBe('block4.conv');
    // One stop of the Tab key, whatever the number of layers.
    await expect.poll(() => studio.page.locator('.dimensions tbody button[tabindex="0"]').count()).toBe(1);
    expect(await row(studio, 'block4.conv').locator('button').getAttribute('aria-pressed')).toBe('true');
  });
});

describe('spectra', () => {
  test('are drawn with their importance, and listed', async () => {
    const studio = await open(spectralSnapshot);
    const { spectra } = spectralLayers[2];
    const plots = studio.page.locator('.chosen-layer svg[role=img]');
    await expect.poll(() => plots.count()).toBe(2);
    expect(await plots.nth(0).getAttribute('aria-label')).toContain('block4.conv');
    const dots = await plots.nth(1).locator('g[aria-label=dot]').first().locator('circle').all();
    expect(dots).toHaveLength(64);
    const height = async (at: number) => Number(await dots[at].getAttribute('cy'));
    // A straight axis from 1 at the top to 0: two dots tell where it lies, a third must lie on it.
    const expected = (at: number) => importance(spectra.retain[at], 300);
    const [first, second, third] = [await height(0), await height(30), await height(60)];
    const slope = (second - first) / (expected(30) - expected(0));
    expect(slope).toBeLessThan(-50);
    expect(Math.abs(third - first - slope * (expected(60) - expected(0)))).toBeLessThan(1);

    await studio.page.locator('.chosen-layer .numbers summary').click();
    await studio.page.locator('.chosen-layer .numbers table').waitFor();
    const rows = await studio.page.locator('.chosen-layer .numbers tbody tr').all();
    expect(rows).toHaveLength(64);
    for (const at of [0, 5, 40]) {
      const [retainShare, retainImportance, , forgetImportance] = await rows[at].locator('td').allTextContents();
      expect(Number.parseFloat(retainShare) / 100).toBeCloseTo(spectra.retain[at], 3);
      expect(retainImportance).toBe(importance(spectra.retain[at], 300).toFixed(3));
      expect(forgetImportance).toBe(importance(spectra.forget[at], 100).toFixed(3));
    }
  });

  test('of groups are those of a typical one, over its own width', async () => {
    const studio = await open(spectralSnapshot, { layer: 'block1.depthwise' });
    expect(await studio.page.locator('.chosen-layer figcaption').innerText()).toMatch(
      /leading 9 directions of a typical group \(there are 32\)/,
    );
  });
});

describe('what if', () => {
  const { spectra } = spectralLayers[2];
  const said = async (studio: StudioPage, side: 'retain' | 'forget') =>
    (await studio.page.locator(`.alpha.${side} output`).innerText()).replaceAll(/\s+/g, ' ').trim();

  test('says what the leading directions count as with the run’s alphas', async () => {
    const studio = await open(spectralSnapshot);
    expect(await said(studio, 'retain')).toBe(`leading 64 count as ${dimension(spectra.retain, 300).toFixed(1)}`);
    expect(await said(studio, 'forget')).toBe(`leading 64 count as ${dimension(spectra.forget, 100).toFixed(1)}`);
    expect(await studio.page.locator('.of-run').allTextContents()).toEqual(['run 300', 'run 100']);
    await expect.poll(() => studio.page.locator('.chosen-layer .badge').count()).toBe(0);
    await expect.poll(() => studio.page.getByText('Back to the run’s α').count()).toBe(0);
  });

  test('follows the slider by the formula, is marked as such, and goes back', async () => {
    const studio = await open(spectralSnapshot);
    // 300, 250, 200, 150, 120, 100, 90, …
    await press(slider(studio, 'retain'), 'ArrowLeft', 5);
    expect(await slider(studio, 'retain').getAttribute('aria-valuetext')).toBe('100, the run’s is 300');
    const [was, now] = [dimension(spectra.retain, 300).toFixed(1), dimension(spectra.retain, 100).toFixed(1)];
    expect(was).not.toBe(now);
    expect(await said(studio, 'retain')).toBe(`leading 64 count as ${was} what if: ${now}`);
    expect(await said(studio, 'forget')).toBe(`leading 64 count as ${dimension(spectra.forget, 100).toFixed(1)}`);
    expect(await studio.page.locator('.chosen-layer .badge').textContent()).toBe('What if');
    expect(
      await studio.page
        .locator('.chosen-layer svg [stroke-dasharray] path, .chosen-layer svg path[stroke-dasharray]')
        .count(),
    ).toBeGreaterThan(0);
    await studio.page.locator('.chosen-layer .numbers summary').click();
    expect(await studio.page.locator('.chosen-layer .numbers tbody tr').nth(9).locator('td').nth(1).textContent()).toBe(
      importance(spectra.retain[9], 100).toFixed(3),
    );
    // What was measured stays as it is.
    expect(await row(studio, 'block4.conv').locator('td.number').first().textContent()).toBe(
      short(spectralLayers[2].retainDimension!),
    );
    expect(await studio.state()).toMatchObject({
      whatIf: { instead: { alphaR: 100, alphaF: 100 }, of: { alphaR: 300, alphaF: 100 } },
    });
    // The list of classes asks for its pictures.
    expect((await studio.sent()).filter(({ kind }) => kind !== 'ask')).toEqual([{ kind: 'ready' }]);

    await studio.page.getByText('Back to the run’s α').click();
    expect(await studio.page.evaluate('document.activeElement.id')).toBe('alpha-retain');
    expect(await said(studio, 'retain')).toBe(`leading 64 count as ${was}`);
    await expect.poll(() => studio.page.locator('.chosen-layer .badge').count()).toBe(0);
  });

  test('is marked no more once the slider is where the run was', async () => {
    const studio = await open(spectralSnapshot);
    await press(slider(studio, 'forget'), 'ArrowRight', 2);
    expect(await slider(studio, 'forget').getAttribute('aria-valuetext')).toBe('150, the run’s is 100');
    await press(slider(studio, 'forget'), 'ArrowLeft', 2);
    expect(await slider(studio, 'forget').getAttribute('aria-valuetext')).toBe('100');
    await expect.poll(() => studio.page.locator('.chosen-layer .badge').count()).toBe(0);
  });

  test('is void for another candidate', async () => {
    const whatIf = { instead: { alphaR: 2, alphaF: 2 }, of: { alphaR: 300, alphaF: 100 } };
    const studio = await open(spectralSnapshot, { whatIf });
    expect(await slider(studio, 'retain').getAttribute('aria-valuetext')).toContain('2, the run’s');
    const another = { ...spectralRun, outcome: { ...spectralRun.outcome, candidate: other } };
    await studio.show({ ...spectralSnapshot, sequence: 2, shown: another });
    expect(await slider(studio, 'retain').getAttribute('aria-valuetext')).toBe(`${other.recipe.alphaR}`);
    await expect.poll(() => studio.page.locator('.chosen-layer .badge').count()).toBe(0);
  });
});

describe('before there is a result', () => {
  test('the layers and their weights are listed', async () => {
    const studio = await open(states.fresh);
    const rows = await studio.page.locator('table', { hasText: 'Layers that can be edited' }).locator('tbody tr').all();
    expect(rows).toHaveLength(facts.layers.length);
    for (const [at, { name, kind, out, in: columns, groups }] of facts.layers.entries()) {
      const cells = await rows[at].locator('th, td').allTextContents();
      expect(cells).toEqual([name, kind, `${out} × ${columns}`, `${groups}`, (out * columns).toLocaleString('en-US')]);
    }
    expect(await studio.page.locator('.view').innerText()).toContain('retain space');
  });

  test('spectra are there as soon as they are found, and dimensions are said to follow', async () => {
    const studio = await open(runStates.searching);
    expect(await studio.page.locator('.view').innerText()).toContain(
      'Dimensions follow when the run has chosen its α.',
    );
    const cells = await studio.page.locator('.dimensions tbody tr').first().locator('td.number').allTextContents();
    expect(cells).toEqual(['–', '–', '–', '9', '–']);
    await expect.poll(() => studio.page.locator('.chosen-layer svg[role=img]').count()).toBe(2);
    expect(await studio.page.locator('.chosen-layer .badge').textContent()).toBe('Example');
    expect(await slider(studio, 'retain').getAttribute('aria-valuetext')).toBe('30');
  });

  test('a run that has just begun says what will be here', async () => {
    const studio = await open(runStates.begun);
    expect(await studio.page.locator('.view').innerText()).toContain(
      'The run is collecting what goes into each layer.',
    );
    await expect.poll(() => studio.page.locator('.view tbody tr').count()).toBeGreaterThanOrEqual(facts.layers.length);
  });

  test('a run that was broken off says that no dimensions will come', async () => {
    const studio = await open(runStates.interrupted);
    expect(await studio.page.locator('.view').innerText()).toContain('broken off before it had chosen its α');
  });
});

test('layers that are left alone stand there with the reason', async () => {
  const studio = await open({ ...states.done, shown: secondRun });
  const table = studio.page.locator('table', { hasText: 'Layers with weights that are left alone' });
  expect(await table.locator('tbody th, tbody td').allTextContents()).toEqual(
    ['stem', 'conv', 'depthwise', 'pointwise'].flatMap((name) => [
      ...[name, name === 'depthwise' ? 'depthwise' : 'conv'],
      'not among the layers to edit, {residual*,hidden,logits}',
    ]),
  );
});

describe('the explanation of a term', () => {
  test('shows under the pointer and on focus, describes its word, and goes with Escape', async () => {
    const studio = await open(spectralSnapshot);
    const word = studio.page.locator('.view button.term', { hasText: 'retain space' }).first();
    const tip = studio.page.locator(`#${await word.getAttribute('aria-describedby')}`);
    expect(await tip.getAttribute('role')).toBe('tooltip');
    expect(await tip.isVisible()).toBe(false);
    await word.hover();
    expect(await tip.isVisible()).toBe(true);
    expect(await tip.textContent()).toContain('samples of the kept classes');
    // The pointer can go onto it.
    await tip.hover();
    await studio.page.waitForTimeout(300);
    expect(await tip.isVisible()).toBe(true);
    await studio.page.keyboard.press('Escape');
    expect(await tip.isVisible()).toBe(false);

    await studio.page.mouse.move(5, 5);
    await word.focus();
    expect(await tip.isVisible()).toBe(true);
    await studio.page.keyboard.press('Tab');
    expect(await tip.isVisible()).toBe(false);
    await expect.poll(() => studio.page.locator('[role=tooltip]:visible').count()).toBe(1);
  });

  test('is there for each term of the view, and stays in the window', async () => {
    const studio = await open(spectralSnapshot, {}, 700);
    const wanted = [
      'retain space',
      'forget space',
      'removed',
      'dimension',
      'spectrum',
      'scaled importance',
      'α',
      'weight change',
    ];
    for (const text of wanted) {
      const word = studio.page.locator('.view').getByRole('button', { name: text, exact: true }).first();
      await word.scrollIntoViewIfNeeded();
      await word.focus();
      const box = (await studio.page.locator('[role=tooltip]:visible').boundingBox())!;
      expect(box.x, text).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, text).toBeLessThanOrEqual(700);
    }
  });
});

// Pictures are left in .cache/screenshots, to be looked at.
describe.each(Object.entries(THEMES))('in the theme %s', (name, theme) => {
  const shown = { layers: spectralSnapshot, 'layers-large': largeRun(), 'layers-searching': runStates.searching };

  test.each(Object.entries(shown))('%s fits, and anybody can use it', async (title, snapshot) => {
    const state = { tab: 'layers', whatIf: title === 'layers' ? WHAT_IF : null };
    const studio = await pages.open({ theme, state });
    await studio.show(snapshot);
    for (const width of [1280, 700]) {
      await studio.page.setViewportSize({ width, height: 900 });
      await studio.page.waitForTimeout(100);
      await studio.page.locator('.results').screenshot({ path: `${screenshots}/${title}-${name}-${width}.png` });
      expect(await studio.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(await seriousFaults(studio.page, '.view')).toEqual([]);
  });
});

const WHAT_IF = { instead: { alphaR: 30, alphaF: 100 }, of: { alphaR: 300, alphaF: 100 } };
