import { describe, expect, it } from 'vitest';
import type { Explanations } from '../../../src/report/explanations.js';
import { reportPage } from '../../../src/report/page.js';
import { exampleExplanations, samplePicture } from '../../support/engine/explanations.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
import { checkNesting, picturesIn, textOf } from '../../support/program/markup.js';

async function pageWith(change: Partial<Explanations> = {}, forgottenPictures = false): Promise<string> {
  return reportPage(exampleRecord(), {
    explanations: { ...(await exampleExplanations(forgottenPictures)), ...change },
  });
}

const has = async (page: string, index: number) =>
  (await picturesIn(page)).some(({ rgb }) => Buffer.compare(rgb, samplePicture(index).rgb) === 0);

describe('the explanations of a report', () => {
  it('are part of one page that loads nothing', async () => {
    const page = await pageWith();
    checkNesting(page);
    expect(page).not.toMatch(/<script|url\(|@import|https?:/i);
    for (const [, address] of page.matchAll(/\s(?:src|href)="([^"]*)"/g))
      expect(address).toMatch(/^data:image\/png;base64,/);
    expect(page.replace(/base64,[^"]*/g, '')).not.toMatch(/NaN|undefined|null/);
  });

  it('tell the numbers', async () => {
    const text = textOf(await pageWith());
    expect(text).toContain(
      'Shirt, sample 1 of 1,000 forgotten 7.25 → −0.50 82.0% → 10.0% Shirt 82% → Pullover 60% 12.5%',
    );
    expect(text).toContain('Shirt forgotten 6.3% 3.1% 3.50 → 0.25 6.50 → −1.25 10');
    expect(text).toContain(
      'Shirt had 26.5% of this area before. Nothing of it is left: 52.9% went to Pullover and 47.1% to T-shirt/top.',
    );
    expect(text).toMatch(/Shirt 26\.5% 0\.0% −26\.5/);
  });

  it('show samples of forgotten classes only if asked for', async () => {
    const [page, whole] = [await pageWith(), await pageWith({}, true)];
    expect([await has(page, 6), await has(page, 0), await has(page, 4)]).toEqual([false, true, true]);
    expect([await has(whole, 6), await has(whole, 0)]).toEqual([true, true]);
    expect(await picturesIn(page)).toHaveLength(2 * 4 + 2 + 2);
    expect(await picturesIn(whole)).toHaveLength(4 * 4 + 2 + 3);
    expect(textOf(page)).toContain('Pictures and maps of forgotten classes are left out');
    expect(textOf(whole)).not.toContain('left out');
  });

  it('say why there are none', async () => {
    const problem = 'There are no saliency maps: the model has <no> places.';
    const page = await pageWith({
      saliency: { problem },
      focus: { problem },
      boundary: { problem: 'They lie on one line.' },
    });
    checkNesting(page);
    expect(page.split('has &lt;no&gt; places')).toHaveLength(2);
    expect(textOf(page)).toContain('Decision boundary They lie on one line.');
    expect(await picturesIn(page)).toEqual([]);
  });

  it('show names as text, whatever they hold', async () => {
    const record = exampleRecord();
    const evil = '"><script>alert(1)</script>&';
    const explanations = await exampleExplanations(true);
    const page = reportPage({ ...record, classes: record.classes.map(() => evil) }, { explanations });
    checkNesting(page);
    expect(page).not.toContain('<script>');
  });

  it('colour the classes of the largest regions and put the rest together', async () => {
    const { boundary } = await exampleExplanations(false);
    if ('problem' in boundary) throw new Error(boundary.problem);
    const colors = Array.from({ length: 10 }, (_, index) => ({ class: index, color: `#00000${index}` }));
    const many = Array.from({ length: 20 }, (_, at) => colors[at % 10]);
    expect(textOf(await pageWith({ boundary: { ...boundary, colors: many } }))).toContain('8 more');
  });
});
