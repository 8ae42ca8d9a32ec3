import { existsSync, rmSync } from 'node:fs';
import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { exampleFolder } from '../../../examples/four-clusters/points.js';
import type { Progress } from '../../../src/contract/progress.js';
import { isSameCandidate } from '../../../src/contract/recipes.js';
import type { ReportRequest, UnlearnResult } from '../../../src/contract/run.js';
import { decimalText, percentText } from '../../../src/contract/text.js';
import { candidate } from '../../../src/engine/jobs/candidate.js';
import { report } from '../../../src/engine/jobs/report.js';
import { saliency } from '../../../src/engine/jobs/saliency.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { temporaryFolder } from '../../support/folders.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';
import { checkNesting, picturesIn, textOf } from '../../support/program/markup.js';

const ROWS = 0;
const SIDE = 10;

let folder: string;
let model: string;

inShapesFolder((made) => {
  folder = made;
  model = path.join(folder, 'shapes.onnx');
});

function quick(): Promise<UnlearnResult> {
  return unlearn({ model, forget: ['Rows'], method: 'projection', alphaR: [30, 100], alphaF: [1, 10], threads: 1 });
}

async function pageOf(request: ReportRequest): Promise<string> {
  return readFile((await report({ threads: 1, ...request })).report, 'utf8');
}

/** Samples of the forgotten class, one text each. */
async function forgottenSamples(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const split of ['train', 'test']) {
    const labels = (await readFile(path.join(folder, 'data', `${split}-labels`))).subarray(8);
    const pixels = (await readFile(path.join(folder, 'data', `${split}-images`))).subarray(16);
    for (const [at, label] of labels.entries()) {
      if (label === ROWS) found.add(pixels.subarray(at * SIDE ** 2, (at + 1) * SIDE ** 2).join());
    }
  }
  return found;
}

/** Pictures of a page that show one of these samples, as it is or enlarged. */
async function showing(page: string, samples: ReadonlySet<string>): Promise<number> {
  return (await picturesIn(page)).filter(({ width, height, rgb }) => {
    if (width % SIDE !== 0 || height !== width) return false;
    const factor = width / SIDE;
    const pixels = Array.from({ length: SIDE ** 2 }, (_, at) => {
      const [row, column] = [Math.floor(at / SIDE), at % SIDE];
      return rgb[3 * (row * factor * width + column * factor)];
    });
    return samples.has(pixels.join());
  }).length;
}

describe('a report with explanations', () => {
  it('holds what the jobs find out, and no sample of a forgotten class', async () => {
    const { run, report: plain } = await quick();
    const before = await readFile(plain, 'utf8');
    const page = await pageOf({ run, explanations: true });
    checkNesting(page);
    expect(page.length).toBeGreaterThan(before.length);
    expect(await showing(page, await forgottenSamples())).toBe(0);
    // Of two kept classes a sample and three maps each, two of the plane's three samples, and the plane twice.
    const pictures = await picturesIn(page);
    expect(pictures).toHaveLength(2 * 4 + 2 + 2);
    expect(pictures.filter(({ width }) => width === SIDE)).toHaveLength(2 + 2);

    const found = await saliency({ model, run, sample: { class: ROWS, nth: 1 }, threads: 1 });
    const numbers = `Rows, sample 2 of 60 forgotten ${decimalText(found.before.logit)} → ${decimalText(found.after!.logit)} `;
    expect(textOf(page)).toContain(numbers);
    expect(textOf(page)).toContain(`Grad-CAM at ${found.activation}`);
    expect(await pageOf({ run })).toBe(before);
  });

  it('shows samples of forgotten classes if asked to', async () => {
    const { run } = await quick();
    const page = await pageOf({ run, explanations: true, forgottenPictures: true });
    expect(await picturesIn(page)).toHaveLength(4 * 4 + 3 + 2);
    // Two samples, and one of the plane's.
    expect(await showing(page, await forgottenSamples())).toBe(3);
  });

  it('fails if the model is gone, and leaves the page as it was', async () => {
    const { run, report: file } = await quick();
    const before = await readFile(file, 'utf8');
    await rm(model);
    await expect(report({ run, explanations: true })).rejects.toMatchObject({ code: 'file-missing' });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('does not bring back a run that is deleted meanwhile', async () => {
    const { run } = await quick();
    const onProgress = ({ phase }: Progress) => {
      if (phase === 'boundary') rmSync(run, { recursive: true, force: true });
    };
    await expect(report({ run, explanations: true }, { onProgress })).rejects.toMatchObject({ code: 'file-missing' });
    expect(existsSync(run)).toBe(false);
  });

  it('stops when cancelled', async () => {
    const { run, report: file } = await quick();
    const before = await readFile(file, 'utf8');
    const controller = new AbortController();
    const onProgress = ({ phase }: Progress) => phase === 'boundary' && controller.abort();
    const work = { signal: controller.signal, onProgress };
    await expect(report({ run, explanations: true }, work)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

describe('a report on another candidate', () => {
  it("lies beside the run's own and has the candidate's numbers", async () => {
    const { run, report: own, candidate: chosen, candidates } = await quick();
    const before = await readFile(own, 'utf8');
    const other = candidates.find((entry) => !isSameCandidate(entry, chosen))!;
    const written = await report({ run, candidate: other.id, explanations: true, threads: 1 });
    expect(written.report).toBe(path.join(run, `report-${other.id}.html`));
    expect(await readFile(own, 'utf8')).toBe(before);

    const { outcome } = await candidate({ run, candidate: other.id, threads: 1 });
    const text = textOf(await readFile(written.report, 'utf8'));
    expect(text).toContain('not the candidate that was saved');
    expect(text).toContain(`Chosen ${other.recipe.alphaR} / ${other.recipe.alphaF}`);
    expect(text).toContain(`Forgotten classes ${percentText(outcome.after!.forgetAccuracy)}`);
    for (const { class: name, before, after } of outcome.perClass) {
      expect(text).toContain(`${name} ${percentText(before)} → ${percentText(after)}`);
    }
    const found = await saliency({ model, run, candidate: other.id, sample: { class: ROWS, nth: 0 }, threads: 1 });
    expect(text).toContain(`${decimalText(found.before.logit)} → ${decimalText(found.after!.logit)}`);
    await expect(report({ run, candidate: 'projection-7-7' })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a report on a model of two features', () => {
  it('draws its plane without the samples of the forgotten class, and says why there is no saliency', async () => {
    const folder = await temporaryFolder();
    for (const name of ['clusters.onnx', 'lethe.json', 'train.csv', 'test.csv']) {
      await cp(path.join(exampleFolder, name), path.join(folder, name));
    }
    const { run } = await unlearn({ model: path.join(folder, 'clusters.onnx'), forget: ['north-west'] });
    const page = await pageOf({ run, explanations: true });
    const circles = (text: string) => text.match(/<circle [^>]*class="sample"/g)!.length;
    expect(circles(page)).toBe(2 * 300);
    expect(await picturesIn(page)).toHaveLength(2);
    expect(textOf(page)).toContain('There are no saliency maps: the model has no activation with places');
    expect(textOf(page)).toMatch(
      /north-west had \d+\.\d% of this area before\. Nothing of it is left: \d+\.\d% went to south-west and \d+\.\d% to north-east\./,
    );

    const whole = await pageOf({ run, explanations: true, forgottenPictures: true });
    expect(circles(whole)).toBe(2 * 400);
  });
});
