import { describe, expect, it } from 'vitest';
import { candidateOf, projectionRecipe } from '../../../src/contract/recipes.js';
import type { RunRecord } from '../../../src/contract/records.js';
import { finePercentText } from '../../../src/contract/text.js';
import { importance } from '../../../src/figures/importance.js';
import { reportPage } from '../../../src/report/page.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
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

describe('reportPage', () => {
  const page = reportPage(exampleRecord());

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
    expect(page).toContain('79.5% → <b>0.4%</b>');
    expect(page).toContain('Pullover loses 3.1 points, more than 3.0');
    expect(page).toContain('weight is looked up, not multiplied');
    for (const layer of record.result.layers) expect(page).toContain(`Spectrum of ${layer.name}`);
    expect(page.match(/<circle [^>]*class="candidate[^>]*><title>/g)).toHaveLength(25);
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
    const policy = [{ ...record.result.policy[0], severity: 'error' as const }];
    const shown = reportPage({ ...record, result: { ...record.result, policy } });
    expect(page).toContain('all limits met');
    expect(shown).not.toContain('all limits met');
    expect(shown).toContain('1 limit not met');
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
    expect(text).toContain('Shirt 1,000 samples');
    expect(text).toContain('Recognised 0.4% of the time, now taken for T-shirt/top 99.6%.');
    expect(text).toContain('Shirt Shirt 795 79.5% 4 0.4% Shirt T-shirt/top 205 20.5% 996 99.6%');
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
    const [layer] = exampleRecord().result.layers;
    const [share] = layer.spectra.retain;
    const lifted = importance(share, 300);
    expect(lifted).toBeCloseTo((300 * share) / (299 * share + 1), 12);
    expect(importance(share, 1)).toBe(share);
    expect(textOf(page)).toContain('with α = 300 for the retain and α = 100 for the forget space');
    expect(textOf(page)).toContain(`${finePercentText(share)} → ${lifted.toFixed(3)}`);
    expect(page.match(/class="curve retain importance"/g)).toHaveLength(8);
    const direct = exampleRecord();
    const alone = reportPage({
      ...direct,
      result: { ...direct.result, candidate: candidateOf(projectionRecipe(300, 1)) },
    });
    expect(textOf(alone)).toContain('With α = 1 both are the same.');
  });

  it('says that another candidate than the one that was saved is shown', () => {
    const shown = textOf(reportPage(exampleRecord(), { written: candidateOf(projectionRecipe(30, 10)) }));
    expect(shown).toContain('not the candidate that was saved');
    expect(shown).toContain('about the candidate with α retain 300, α forget 100, which the run did not save');
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
