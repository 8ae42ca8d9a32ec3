import { describe, expect, it } from 'vitest';
import { candidateOf, projectionRecipe, recipeText, refitRecipe } from '../../../src/contract/recipes.js';
import type { RunRecord } from '../../../src/contract/records.js';
import { recoverabilityText } from '../../../src/contract/recoverability.js';
import { finePercentText, percentText } from '../../../src/contract/text.js';
import { importance } from '../../../src/figures/importance.js';
import { reportPage } from '../../../src/report/page.js';
import { exampleRecord, olderRecord, secondRecord } from '../../support/engine/runRecord.js';
import { checkNesting, textOf } from '../../support/program/markup.js';

function manyClasses(count: number): RunRecord {
  const record = exampleRecord();
  const [example] = record.result.perClass;
  const perClass = Array.from({ length: count }, (_, index) => ({
    ...example,
    class: `class ${index}`,
    index,
    role: index === 6 ? ('forget' as const) : ('retain' as const),
    before: 0.9,
    after: index === 6 ? 0 : 0.9 - index / 10_000,
  }));
  const empty = Array.from({ length: count }, () => Array.from({ length: count }, () => 0));
  return { ...record, result: { ...record.result, perClass, confusion: { before: empty, after: empty } } };
}

const SHIRT = 6;
const escaped = (text: string) => text.replaceAll('"', '&quot;');

describe('reportPage', () => {
  const page = reportPage(exampleRecord());
  const { candidate, candidates, layers, perClass, confusion } = exampleRecord().result;
  const { alphaR, alphaF } = candidate.recipe;

  it('is one well-formed page that loads nothing and runs nothing', () => {
    checkNesting(page);
    expect(page).not.toMatch(/<script|\ssrc=|\shref=|url\(|@import|https?:/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
  });

  it('holds what a reader must be able to check', () => {
    const record = exampleRecord();
    for (const file of [...record.source.files, ...record.output.files, ...record.data]) {
      expect(page).toContain(file.sha256);
      expect(page).toContain(file.path);
    }
    expect(page).toContain('DSR-1182');
    for (const { before, after } of perClass) {
      expect(page).toContain(`${percentText(before)} → <b>${percentText(after)}</b>`);
    }
    for (const layer of layers) expect(page).toContain(`Spectrum of ${layer.name}`);
    expect(page.match(/<circle [^>]*class="candidate[^>]*><title>/g)).toHaveLength(candidates.length);
  });

  it('says which layers were left alone and why, and what else is to be said', () => {
    const { skipped, notes } = secondRecord().result;
    const text = textOf(reportPage(secondRecord()));
    expect(skipped).toHaveLength(4);
    for (const { name, kind, reason } of skipped) expect(text).toContain(`${name} (${kind}): ${reason}`);
    expect(notes).toHaveLength(1);
    for (const note of notes) expect(text).toContain(note);
  });

  it('tells every finding', () => {
    const { policy } = olderRecord().result;
    const shown = reportPage(olderRecord());
    expect(policy).toHaveLength(2);
    for (const { message } of policy) expect(shown).toContain(escaped(message));
  });

  it('is the same for the same record', () => {
    expect(reportPage(exampleRecord())).toBe(page);
  });

  it('shows names from files as text, whatever they hold', () => {
    const record = exampleRecord();
    const evil = '"><script>alert(1)</script>&';
    const perClass = record.result.perClass.map((entry, at) => (at === 6 ? { ...entry, class: evil } : entry));
    const hostile = {
      ...record,
      source: { ...record.source, path: evil },
      result: { ...record.result, forget: [evil], perClass, notes: [evil] },
    };
    const shown = reportPage(hostile);
    checkNesting(shown);
    expect(shown).not.toContain('<script>');
    expect(shown).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;');
  });

  it('says when a limit is not met', () => {
    const record = exampleRecord();
    const policy = [{ ...olderRecord().result.policy[0], severity: 'error' as const }];
    const shown = reportPage({ ...record, result: { ...record.result, policy } });
    expect(page).toContain('all limits met');
    expect(shown).not.toContain('all limits met');
    expect(shown).toContain('1 limit not met');
    expect(reportPage(secondRecord())).toContain('1 limit not met');
  });

  it('draws the classes that lose most when there are a thousand, and no unreadable matrix', () => {
    const shown = reportPage(manyClasses(1000));
    checkNesting(shown);
    expect(shown.match(/class="dumbbell /g)).toHaveLength(31);
    expect(shown).toContain('<td>class 999</td>');
    expect(shown).toContain('969 more are in the table');
    expect(shown).not.toContain('class="matrix"');
    expect(shown.length).toBeLessThan(500_000);
  });

  it('tells where the forgotten samples go', () => {
    const text = textOf(page);
    const [before, after] = [confusion.before[SHIRT], confusion.after[SHIRT]];
    const row = (index: number) => {
      const [was, is] = [before[index], after[index]];
      return `Shirt ${perClass[index].class} ${was} ${percentText(was / 1000)} ${is} ${percentText(is / 1000)}`;
    };
    const [first, second, third] = [...after.keys()].sort((a, b) => after[b] - after[a]);
    const share = (index: number) => `${perClass[index].class} ${percentText(after[index] / 1000)}`;
    expect(text).toContain('Shirt 1,000 samples');
    expect(text).toContain(
      `Recognised 0.0% of the time, now taken for ${share(first)}, ${share(second)}, ${share(third)} and others.`,
    );
    expect(text).toContain([SHIRT, first, second, third].map(row).join(' '));
  });

  it('tells what many classes are confused with', () => {
    const record = manyClasses(100);
    const after = record.result.confusion.before.map((row) => [...row]);
    const before = after.map((row) => [...row]);
    for (let index = 0; index < 100; index++) {
      before[index][index] = 100;
      after[index][index] = 100 - (index === 6 ? 100 : 0);
    }
    after[6][41] = 90;
    after[6][7] = 10;
    const text = textOf(reportPage({ ...record, result: { ...record.result, confusion: { before, after } } }));
    expect(text).toContain('class 6 class 41 0 0.0% 90 90.0% +90.0 class 6 class 7 0 0.0% 10 10.0% +10.0');
    expect(text).toContain('The 2 pairs of classes');
  });

  it('lays the importance that the chosen alphas give over each spectrum', () => {
    const [share] = layers[0].spectra.retain;
    const lifted = importance(share, alphaR);
    expect(lifted).toBeCloseTo((alphaR * share) / ((alphaR - 1) * share + 1), 12);
    expect(importance(share, 1)).toBe(share);
    expect(textOf(page)).toContain(`with α = ${alphaR} for the retain and α = ${alphaF} for the forget space`);
    expect(textOf(page)).toContain(`${finePercentText(share)} → ${lifted.toFixed(3)}`);
    expect(page.match(/class="curve retain importance"/g)).toHaveLength(8);
    const direct = exampleRecord();
    const alone = reportPage({
      ...direct,
      result: { ...direct.result, candidate: candidateOf(refitRecipe(alphaR, 1)) },
    });
    expect(textOf(alone)).toContain('With α = 1 both are the same.');
  });

  it('tells how well what was forgotten can still be read, and what to compare that with', () => {
    const { before, after } = exampleRecord().result.recoverability;
    const text = textOf(page);
    const error = `± ${(100 * after!.error).toFixed(1)}`;
    expect(text).toContain(
      `Still readable ${percentText(after!.balancedAccuracy)} recoverability, ${error} points, before: ${percentText(before!.balancedAccuracy)}`,
    );
    expect(text).toContain(
      `After the run, a linear probe on the last hidden layer tells samples of Shirt from others ${percentText(after!.balancedAccuracy)} of the time (${percentText(before!.balancedAccuracy)} before the run; guessing is right 50% of the time).`,
    );
    expect(text).toContain('A model that never saw the class is not at 50% either');
    expect(text).toContain('That is what recoverability is for');
    expect(page).toContain('aria-label="Retain accuracy against recoverability of the candidates"');
    expect(page.match(/class="error"/g)).toHaveLength(candidates.length);
    for (const { recoverability } of candidates) expect(text).toContain(recoverabilityText(recoverability));
  });

  it('says of an older record that nobody knows, and shows what it has', () => {
    const shown = reportPage(olderRecord());
    checkNesting(shown);
    const text = textOf(shown);
    expect(text).toContain('How well the forgotten classes can still be read from inside the model is not known.');
    expect(text).not.toContain('Still readable');
    expect(text).toContain('How much of it is left was not measured in this run.');
    expect(text).toContain('Each point is one pair of alphas');
    expect(shown).toContain('aria-label="Retain accuracy against forget accuracy of the candidates"');
    expect(shown).not.toContain('class="error"');
    expect(shown.match(/<circle [^>]*class="candidate[^>]*><title>/g)).toHaveLength(20);
  });

  it('draws candidates apart that do not do what they must', () => {
    const { result } = secondRecord();
    const shown = reportPage(secondRecord());
    const apart = result.candidates.filter(({ forgets, admissible }) => !forgets || !admissible);
    expect(apart.length).toBeGreaterThan(0);
    expect(shown.match(/class="candidate apart"><title>/g)).toHaveLength(apart.length);
    expect(textOf(shown)).toContain('does not forget, or breaks a limit');
    expect(textOf(page)).not.toContain('does not forget, or breaks a limit');
  });

  it('says how the candidate was chosen', () => {
    const record = exampleRecord();
    expect(textOf(page)).toContain('keep within 1 point of the best retain accuracy, the one was chosen');
    const deep = textOf(reportPage({ ...record, settings: { ...record.settings, depth: 0.5, tolerance: 0.02 } }));
    expect(deep).toContain('the one at depth 0.5 was chosen');
    expect(deep).not.toContain('within');
  });

  it('explains the method that the run used', () => {
    expect(textOf(page)).toContain('every layer is fitted again by least squares');
    expect(page.replace(/<\/?sub>/g, '').replace(/\s+/g, ' ')).toContain(
      'Er|W′x′ − Wx|² + λ Ef|W′x′ − Wpx′|² + μ t |W′ − Wp|²',
    );
    expect(textOf(page)).not.toContain('biases and normalisation stay as they were');
    const paper = textOf(reportPage(secondRecord()));
    expect(paper).toContain('biases and normalisation stay as they were');
    expect(paper).not.toContain('least squares');
  });

  it('says that another candidate than the one that was saved is shown', () => {
    const shown = textOf(reportPage(exampleRecord(), { written: candidateOf(projectionRecipe(30, 10)) }));
    expect(shown).toContain('not the candidate that was saved');
    expect(shown).toContain(`about the candidate with ${recipeText(candidate.recipe)}, which the run did not save`);
    expect(shown).toContain('It wrote a model with α retain 30, α forget 10');
    expect(textOf(page)).not.toContain('did not save');
  });

  it('copes with classes that have no sample and spectra that end in zeros', () => {
    const record = exampleRecord();
    const perClass = record.result.perClass.map((entry) => ({ ...entry, before: null, after: null, count: 0 }));
    const layers = record.result.layers.map((layer) => ({ ...layer, spectra: { retain: [1, 0], forget: [] } }));
    const shown = reportPage({ ...record, result: { ...record.result, perClass, layers, candidates: [] } });
    checkNesting(shown);
    expect(shown).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});
