import { throwIfAborted } from '../../../base/abort.js';
import type { SaliencyResult } from '../../../contract/explain.js';
import type { Work } from '../../../contract/progress.js';
import type { SaliencyView, SampleSaliency } from '../../../report/explanations.js';
import { differenceOver, heatOver } from '../../../report/paint/heat.js';
import { saliencyOf } from '../saliency.js';
import { chosenSamples } from './choice.js';
import type { ExplainContext } from './context.js';
import { imageOf } from './image.js';

/** Where the model looks, for a few samples. @throws LetheError as `saliencyOf`. */
export async function saliencyView({ pair, record, mayShow }: ExplainContext, work: Work): Promise<SaliencyView> {
  const results: SaliencyResult[] = [];
  for (const sample of chosenSamples(record)) results.push(await saliencyOf(pair, { sample }, work));
  throwIfAborted(work.signal);
  const [{ activation, split }] = results;
  const samples: SampleSaliency[] = [];
  for (const result of results) {
    const { sample, count, before, kept } = result;
    const pictures = mayShow(sample.class) ? await picturesOf(result) : null;
    samples.push({ sample, count, before, after: result.after!, kept, pictures });
  }
  return { activation, split, samples };
}

async function picturesOf({ picture, before, after }: SaliencyResult): Promise<SampleSaliency['pictures']> {
  const scale = Math.max(...before.values, ...after!.values, Number.MIN_VALUE);
  return {
    sample: picture.width > 0 ? await imageOf(picture) : null,
    before: await imageOf(heatOver(picture, before, scale)),
    after: await imageOf(heatOver(picture, after!, scale)),
    difference: await imageOf(differenceOver(picture, before, after!, scale)),
  };
}
