import { LetheError } from '../../base/errors.js';
import { matching } from '../../contract/layerGlob.js';
import type { Classifier, Layer } from '../../models/classifier.js';

/** The layers to edit. @throws LetheError `nothing-to-edit` if there is none. */
export function chosenLayers({ layers, path }: Classifier, glob: string | null): readonly Layer[] {
  if (layers.length === 0) {
    throw new LetheError('nothing-to-edit', {
      message: 'has no layer whose weight can be projected',
      file: path,
      hint: 'See the reasons with: lethe inspect.',
    });
  }
  const names = new Set(
    matching(
      glob,
      layers.map((layer) => layer.name),
    ),
  );
  const chosen = layers.filter((layer) => names.has(layer.name));
  if (chosen.length > 0) return chosen;
  throw new LetheError('nothing-to-edit', {
    message: `no layer is matched by --layers ${glob}`,
    file: path,
    hint: `Its layers are: ${layers.map((layer) => layer.name).join(', ')}.`,
  });
}
