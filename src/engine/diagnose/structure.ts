import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import type { Finding } from '../../contract/findings.js';
import type { Work } from '../../contract/progress.js';
import type { NotFinite } from '../../models/classifier.js';
import type { ModelLook } from '../look/modelLook.js';
import { finding, findingsOf, type Related, wholeFile } from './findings.js';

/** Most layers that are pointed out one by one. */
const MOST_RELATED = 20;
/** Most layers that a message names. */
const MOST_NAMED = 5;

/** What is wrong with a model's files, and which of its layers Lethe leaves alone. */
export async function structuralFindings(look: ModelLook): Promise<Finding[]> {
  return look.facts ? layerFindings(look) : faultFindings(look);
}

async function faultFindings(look: ModelLook): Promise<Finding[]> {
  const { model, format, faults } = look;
  const all = format ? await format.faults(model).catch((error) => [error]) : [];
  // A model that Lethe can't work on concerns nobody, unless a policy speaks of it: then nobody can tell whether it is kept.
  const bound = look.isCovered && (look.config?.config?.forget.length ?? 0) > 0;
  return (all.length > 0 ? all : faults).flatMap((error) => {
    const unfit =
      error instanceof LetheError && (error.code === 'model-unsupported' || error.code === 'not-a-classifier');
    return findingsOf(error, model, wholeFile(model), unfit && bound ? 'error' : undefined);
  });
}

function layerFindings({ model, facts }: ModelLook): Finding[] {
  const { layers, skipped, skippedAt } = facts!;
  if (skipped.length === 0) {
    if (layers.length > 0) return [];
    const message = 'has no layer whose weight can be projected: nothing can be forgotten';
    return [finding('no-layer-to-project', { ...wholeFile(model), model, message })];
  }
  const named = skipped.slice(0, MOST_NAMED).map(({ name, kind, reason }) => `${name} (${kind}: ${reason})`);
  const more = skipped.length > named.length ? `, and ${skipped.length - named.length} more` : '';
  const message = `${skipped.length} of ${skipped.length + layers.length} layers can't be projected: ${named.join(', ')}${more}`;
  const related = skipped.slice(0, MOST_RELATED).flatMap(({ name, reason }, at): Related[] => {
    return skippedAt ? [{ file: model, range: skippedAt(at), message: `${name}: ${reason}` }] : [];
  });
  const spot = related.length > 0 ? { file: model, range: related[0].range } : wholeFile(model);
  if (layers.length > 0) {
    const hint = 'The other layers are enough in most models; what these hold stays as it is.';
    return [finding('layers-left-alone', { ...spot, model, message, hint, related })];
  }
  return [finding('no-layer-to-project', { ...spot, model, message: `nothing can be forgotten: ${message}`, related })];
}

/**
 * Reads all tensors of a model for NaN and infinity.
 * @param most only if its files are no larger than so many bytes.
 */
export async function scanFindings(look: ModelLook, most: number, work: Work): Promise<Finding[]> {
  const { format, model, bytes, facts } = look;
  if (!format || !facts || bytes > most) return [];
  try {
    return (await format.scan(model, work)).flatMap((tensor) => notFinite(model, tensor));
  } catch (error) {
    if (error instanceof LetheError && error.code === 'cancelled') throw error;
    return findingsOf(error, model, wholeFile(model));
  }
}

function notFinite(model: string, tensor: NotFinite): Finding[] {
  const { nan, infinite, count, first, file, at } = tensor;
  // Masks and limits are constants with infinities on purpose.
  const harmless = nan === 0 && !tensor.isWeight;
  if (harmless && count === 1) return [];
  const counts = [nan > 0 ? `${nan} NaN` : '', infinite > 0 ? `${infinite} infinite` : ''].filter(
    (part) => part !== '',
  );
  const message = `tensor "${tensor.tensor}" holds ${counts.join(' and ')} of ${count} values, the first at index ${first}`;
  const spot = at ?? wholeFile(model);
  const related =
    path.resolve(file) === path.resolve(model) ? [] : [{ file, range: null, message: path.basename(file) }];
  const hint = harmless
    ? 'A constant that is not multiplied may hold infinities for a reason, as a mask does.'
    : 'The model was damaged or its training diverged; use an earlier checkpoint.';
  const severity = harmless ? 'information' : undefined;
  return [finding('weights-not-finite', { ...spot, model, message, hint, related, severity })];
}
