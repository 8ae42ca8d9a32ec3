import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/protocol.js';
import { reportPage } from '../../../src/report/page.js';
import { exampleRecord } from '../../support/runRecord.js';

/** Every opened element is closed in order; throws at the first that is not. */
function checkNesting(page: string): void {
  const open: string[] = [];
  const lonely = new Set(['meta', 'br', '!doctype']);
  const markup = page.replace(/<style>[\s\S]*?<\/style>/, '');
  for (const [tag, slash, name, rest] of markup.matchAll(/<(\/?)([a-z!][a-z0-9]*)((?:"[^"]*"|[^>"])*)>/gi)) {
    if (lonely.has(name) || rest.endsWith('/')) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) throw new Error(`${tag} closes nothing that is open`);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`);
}

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
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
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

  it('copes with classes that have no sample and spectra that end in zeros', () => {
    const record = exampleRecord();
    const perClass = record.result.perClass.map((entry) => ({ ...entry, before: null, after: null, count: 0 }));
    const layers = record.result.layers.map((layer) => ({ ...layer, spectra: { retain: [1, 0], forget: [] } }));
    const shown = reportPage({ ...record, result: { ...record.result, perClass, layers, candidates: [] } });
    checkNesting(shown);
    expect(shown).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});
