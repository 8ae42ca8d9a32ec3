import type { ClassMap, SaliencyResult } from '../../../contract/explain.js';
import { differenceOf, differenceScale, heatOver, heatScale, strongest } from '../../../figures/heat.js';
import type { SaliencyView, SampleSaliency } from '../../../report/explanations.js';
import type { ExplainContext } from './context.js';
import { imageOf } from './image.js';

/** Saliency with a run. */
type Compared = SaliencyResult & { readonly after: ClassMap };

/** Where the model looks in some samples, as a page can hold it; of classes that may not be shown the numbers alone. */
export async function saliencyView(
  results: readonly Compared[],
  { mayShow }: Pick<ExplainContext, 'mayShow'>,
): Promise<SaliencyView> {
  const [{ activation, split }] = results;
  const samples: SampleSaliency[] = [];
  for (const result of results) {
    const { sample, count, before, after, kept } = result;
    const most = strongest(before, after);
    const pictures = mayShow(sample.class) ? await picturesOf(result, most) : null;
    samples.push({ sample, count, before, after, most, kept, pictures });
  }
  return { activation, split, samples };
}

/** @param most the end of the maps' scale. */
async function picturesOf({ picture, before, after }: Compared, most: number): Promise<SampleSaliency['pictures']> {
  return {
    sample: picture.width > 0 ? await imageOf(picture) : null,
    before: await imageOf(heatOver(picture, before, heatScale(most))),
    after: await imageOf(heatOver(picture, after, heatScale(most))),
    difference: await imageOf(heatOver(picture, differenceOf(before, after), differenceScale(most))),
  };
}
