import { beforeAll, describe, expect, it } from 'vitest';
import { FOCUS_SAMPLES } from '../../../src/contract/explain.js';
import { decimalText, finePercentText, percentText } from '../../../src/contract/text.js';
import { boundaryView } from '../../../src/engine/explain/report/boundary.js';
import { saliencyView } from '../../../src/engine/explain/report/saliency.js';
import { areasOf, takeoversOf, takeoverText } from '../../../src/figures/areas.js';
import { differenceOf, differenceScale, dimmed, heatScale, paintHeat, strongest } from '../../../src/figures/heat.js';
import { importance } from '../../../src/figures/importance.js';
import { labelsOf } from '../../../src/figures/labels.js';
import { mixed } from '../../../src/figures/palette.js';
import { mapSize } from '../../../src/figures/plane.js';
import { flattened, paintRegions, regionsOf } from '../../../src/figures/regions.js';
import type { BoundaryView, SaliencyView } from '../../../src/report/explanations.js';
import { reportPage } from '../../../src/report/page.js';
import type { SampleClass } from '../../../webview/studio/state/sampleClasses.js';
import { stylesOf } from '../../../webview/studio/views/boundary/classStyles.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
import { decodePng, textOf } from '../../support/program/markup.js';
import { planeAnswer, SHIRT, saliencyAnswer } from '../../support/studio/answers.js';

const record = exampleRecord();
const context = { record, mayShow: () => true };
/** As the Studio lists them: what was forgotten comes first. */
const classes: readonly SampleClass[] = [...record.result.perClass]
  .sort((a, b) => Number(b.role === 'forget') - Number(a.role === 'forget'))
  .map((entry) => ({
    ...{ index: entry.index, name: entry.class, samples: entry.count },
    fate: entry.role === 'forget' ? 'forgotten' : null,
  }));

describe('a decision boundary in the Studio and in the report', () => {
  const result = planeAnswer(65);
  const after = result.after!;
  const styles = stylesOf(result, classes);
  let view: BoundaryView;
  let page: string;

  beforeAll(async () => {
    view = await boundaryView({ ...result, after }, context);
    const problem = 'None.';
    const explanations = { saliency: { problem }, focus: { problem }, boundary: view, forgottenPictures: true };
    page = reportPage(record, { explanations });
  });

  it('has the same colour for each class', () => {
    expect(view.colors).toEqual(styles.map((style) => ({ class: style.class, color: style.color })));
    expect(view.colors.map((entry) => entry.class)).toEqual([0, 2, SHIRT]);
    for (const { color } of styles) expect(page).toContain(`class="swatch" style="background: ${color}"`);
  });

  it('has the same regions, painted alike', async () => {
    for (const [side, map] of [
      [view.before, result.before],
      [view.after, after],
    ] as const) {
      expect(side.regions).toEqual(regionsOf(map, result.size));
      const painted = await decodePng(side.image.png);
      expect(painted.rgb).toEqual(flattened(paintRegions(map, result.size, styles), [255, 255, 255]));
    }
  });

  it('has its names at the same places', () => {
    const frame = mapSize(result, 362);
    const nameOf = (index: number) => styles.find((style) => style.class === index)!.name;
    const labels = labelsOf(result, regionsOf(result.before, result.size), nameOf, frame);
    expect(labels.map(({ name }) => name).sort()).toEqual(['Pullover', 'Shirt', 'T-shirt/top']);
    const [svg] = page.match(/<svg class="boundary"[\s\S]*?<\/figure>/)!;
    const written = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" [^>]*class="on">([^<]*)</g)];
    expect(written).toHaveLength(labels.length);
    for (const [at, { name, x, y }] of labels.entries()) {
      const [, left, top, text] = written[at];
      expect(text).toBe(name);
      const across = (Number(left) - 50) / frame.width;
      const up = 1 - (Number(top) - 4 - 6) / frame.height;
      expect(across).toBeCloseTo((x - result.x[0]) / (result.x[1] - result.x[0]), 3);
      expect(up).toBeCloseTo((y - result.y[0]) / (result.y[1] - result.y[0]), 3);
    }
  });

  it('says the same of what became of the forgotten class', () => {
    const nameOf = (index: number) => styles.find((style) => style.class === index)?.name;
    const [sentence] = takeoversOf(areasOf(result), [SHIRT]).map((entry) => takeoverText(entry, nameOf));
    expect(textOf(page)).toContain(sentence);
  });
});

describe('saliency in the Studio and in the report', () => {
  const result = saliencyAnswer({ class: SHIRT, nth: 0 });
  const after = result.after!;
  const most = strongest(result.before, after);
  let view: SaliencyView;

  beforeAll(async () => {
    view = await saliencyView([{ ...result, after }], context);
  });

  /** What the Studio shows: a coloured layer over the dimmed picture. Pixels in the middle of those of the picture. */
  const layered = (map: Parameters<typeof paintHeat>[0], scale: Parameters<typeof paintHeat>[1]) => {
    const [size, factor] = [168, 6];
    const [ground, over] = [dimmed(result.picture), paintHeat(map, scale, size, size)];
    return (x: number, y: number) => {
      const [red, green, blue, alpha] = over.subarray(4 * (size * y + x));
      const grey = ground.rgb[3 * (28 * Math.floor(y / factor) + Math.floor(x / factor))];
      return mixed([red, green, blue, alpha], [grey, grey, grey]);
    };
  };

  it('has the same scale and the same colours of focus, and of what was lost and gained', async () => {
    const [sample] = view.samples;
    expect(sample.most).toBe(most);
    for (const [image, studio] of [
      [sample.pictures!.before, layered(result.before, heatScale(most))],
      [sample.pictures!.after, layered(after, heatScale(most))],
      [sample.pictures!.difference, layered(differenceOf(result.before, after), differenceScale(most))],
    ] as const) {
      const { width, rgb } = await decodePng(image.png);
      expect(width).toBe(168);
      for (const [x, y] of [
        [3, 3],
        [40, 44],
        [100, 20],
        [165, 165],
      ]) {
        expect([...rgb.subarray(3 * (width * y + x), 3 * (width * y + x) + 3)]).toEqual([...studio(x, y)]);
      }
    }
  });
});

describe('numbers in the Studio and in the report', () => {
  const text = textOf(reportPage(record));

  it('are written in the same words', () => {
    const [layer] = record.result.layers;
    const [share] = layer.spectra.retain;
    const { alphaR } = record.result.candidate.recipe;
    expect(text).toContain(`${finePercentText(share)} → ${decimalText(importance(share, alphaR), 3)}`);
    for (const { before, after } of record.result.perClass) {
      expect(text).toContain(`${percentText(before)} → ${percentText(after)}`);
    }
  });

  it('of kept focus are taken over as many samples', () => expect(FOCUS_SAMPLES).toBe(10));
});
