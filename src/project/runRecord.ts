import { z } from 'zod';
import type { RunRecord } from '../contract/records.js';
import { count, hashedFile, parseRecord, share } from './recordSchema.js';

const texts = z.array(z.string());

export const accuracies = { retainAccuracy: share, forgetAccuracy: share };
export const confusion = z.array(z.array(count));
export const classChange = z.object({
  class: z.string(),
  index: count,
  role: z.enum(['retain', 'forget', 'earlier']),
  before: share.nullable(),
  after: share.nullable(),
  count,
});
export const layerChange = z.object({
  name: z.string(),
  kind: z.enum(['dense', 'conv', 'depthwise']),
  in: count,
  out: count,
  groups: count,
  retainDimension: z.number(),
  forgetDimension: z.number(),
  removedDimension: z.number(),
  weightChange: z.number(),
  spectra: z.object({ retain: z.array(z.number()), forget: z.array(z.number()) }),
});
const candidate = z.object({
  alphaR: z.number(),
  alphaF: z.number(),
  ...accuracies,
  score: z.number(),
  samples: count,
  complete: z.boolean(),
  forgets: z.boolean(),
  admissible: z.boolean(),
  pareto: z.boolean(),
  chosen: z.boolean(),
});
export const finding = z.object({
  code: z.enum(['forget-limit', 'protect-limit', 'retain-drop']),
  severity: z.enum(['error', 'warning']),
  class: z.string(),
  limit: z.number(),
  value: z.number(),
  message: z.string(),
});
const seconds = z.object({
  load: z.number(),
  measure: z.number(),
  forward: z.number(),
  spaces: z.number(),
  search: z.number(),
  total: z.number(),
});
const result = z.object({
  forget: texts,
  earlier: texts,
  alphaR: z.number(),
  alphaF: z.number(),
  measuredOn: z.object({ split: z.enum(['train', 'test']), heldOut: z.boolean(), samples: count }),
  before: z.object(accuracies),
  after: z.object(accuracies),
  perClass: z.array(classChange),
  confusion: z.object({ before: confusion, after: confusion }),
  layers: z.array(layerChange),
  skipped: z.array(z.object({ name: z.string(), kind: z.string(), reason: z.string() })),
  candidates: z.array(candidate),
  policy: z.array(finding),
  notes: texts,
  seconds,
});

const schema: z.ZodType<RunRecord> = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[A-Za-z0-9._-]+$/),
  created: z.iso.datetime(),
  versions: z.object({ lethe: z.string(), node: z.string(), platform: z.string() }).catchall(z.string()),
  source: z.object({ path: z.string(), format: z.string(), files: z.array(hashedFile).min(1) }),
  output: z.object({ path: z.string(), files: z.array(hashedFile).min(1) }),
  config: hashedFile.nullable(),
  data: z.array(hashedFile),
  classes: texts,
  forget: z
    .array(z.object({ class: z.string(), index: count, reason: z.string().nullable(), maxAccuracy: share }))
    .min(1),
  earlier: z.array(z.object({ class: z.string(), index: count, maxAccuracy: share })),
  settings: z.object({
    alphaR: z.array(z.number()),
    alphaF: z.array(z.number()),
    samples: count,
    forgetSamples: count,
    maxPatches: count,
    layers: z.string().nullable(),
    seed: z.int(),
    memory: count,
  }),
  result,
});

const hint = 'The record was damaged or written by another version of Lethe; repeat the run to have a new one.';

/** Reads a run record. @throws LetheError `record-invalid` naming the entry that is wrong. */
export function parseRunRecord(file: string, text: string): RunRecord {
  return parseRecord(file, text, schema, hint);
}
