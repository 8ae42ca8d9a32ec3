import type { LayerEdit, WeightEdits } from '../linalg/weightEdits.js';
import type { Layer } from './classifier.js';

/**
 * Edits on top of earlier ones, which stay where the later ones say nothing: of other layers, and of a bias.
 * @throws RangeError if a later one names a layer that is not there, does not fit it, or edits a bias that it does not have.
 */
export function mergedEdits(layers: readonly Layer[], earlier: WeightEdits, later: WeightEdits): WeightEdits {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const merged = new Map(earlier);
  for (const [id, edit] of later) {
    const layer = byId.get(id);
    if (!layer) throw new RangeError(`no layer "${id}"`);
    refuseMisfit(layer, edit);
    merged.set(id, { weight: edit.weight, bias: edit.bias ?? earlier.get(id)?.bias });
  }
  return merged;
}

function refuseMisfit({ id, out, in: length, hasBias }: Layer, { weight, bias }: LayerEdit): void {
  if (weight.rows !== out || weight.cols !== length) {
    throw new RangeError(`layer "${id}" takes a ${out} x ${length} weight, not ${weight.rows} x ${weight.cols}`);
  }
  if (!bias) return;
  if (!hasBias) throw new RangeError(`layer "${id}" has no bias that can be edited`);
  if (bias.length !== out) throw new RangeError(`layer "${id}" takes a bias of ${out} values, not ${bias.length}`);
}
