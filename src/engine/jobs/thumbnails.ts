import { breathe } from '../../base/abort.js';
import type { ThumbnailsRequest, ThumbnailsResult } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import type { Picture } from '../../contract/terms.js';
import { pictureOf } from '../explain/picture.js';
import { shrunk } from '../explain/thumbnail.js';
import { type ClassSamples, leaseClassSamples } from '../kept/classSamples.js';

/**
 * Small pictures of the first samples of some classes, from the data that accuracies are measured on. The model is not opened.
 * @throws LetheError for what is wrong with the model's headers, the configuration or the data; `cancelled`.
 */
export async function thumbnails(request: ThumbnailsRequest, work: Work = {}): Promise<ThumbnailsResult> {
  const samples = await leaseClassSamples(request, work);
  try {
    const classes: { class: number; pictures: Picture[] }[] = [];
    for (const index of request.classes) {
      await breathe(work.signal);
      classes.push({ class: index, pictures: await picturesOf(samples.value, index, request, work.signal) });
    }
    return { classes };
  } finally {
    await samples.release();
  }
}

async function picturesOf(
  { dataset, byClass }: ClassSamples,
  index: number,
  { perClass, size }: ThumbnailsRequest,
  signal?: AbortSignal,
): Promise<Picture[]> {
  const indices = byClass.get(index)?.slice(0, perClass) ?? [];
  if (indices.length === 0) return [];
  const raw = await dataset.read(indices, signal);
  const pictures = indices.map((_, at) => pictureOf(raw, at));
  return pictures.filter(({ width }) => width > 0).map((picture) => shrunk(picture, size));
}
