import { z } from 'zod';
import { candidate } from './candidates.js';
import { count, type Frozen, hashedFile, share, splitName } from './schema.js';
import { METHOD_NAMES, RUN_SETTINGS, type RunSettings, type SettingKind } from './settings.js';
import { upgradedCandidate, upgradedRun } from './upgrade.js';

/**
 * What Lethe leaves on users' disks. Each type is inferred from its schema, so that a field can't be in one and missing in
 * the other. Paths are relative to the folder that holds `.lethe`, so that the folder can be moved. Records hold numbers and
 * names, never a sample.
 */

// ---- measurements ----------------------------------------------------------------------------------------------------

/** Rows are true classes, columns are predictions, values are numbers of samples. */
const confusion = z.array(z.array(count));

/** Null where a class has no sample. */
const classAccuracy = z.object({ class: z.string(), index: count, accuracy: share.nullable(), count });

/** Over all samples of retained classes, and of the classes to forget. */
const accuracies = z.object({ retainAccuracy: share, forgetAccuracy: share });

/** Forget: asked for in this run. Earlier: forgotten by an earlier run and held so. Retain: all others. */
const classRole = z.enum(['retain', 'forget', 'earlier']);

const classChange = z.object({
  class: z.string(),
  index: count,
  role: classRole,
  before: share.nullable(),
  after: share.nullable(),
  count,
});

const layerFacts = z.object({
  name: z.string(),
  kind: z.enum(['dense', 'conv', 'depthwise']),
  in: count,
  out: count,
  groups: count,
});

const layerChange = layerFacts.extend({
  /** Effective dimensions, the trace of the scaled projections; over all groups. */
  retainDimension: z.number(),
  forgetDimension: z.number(),
  /** What of the forget space is removed: the trace of `P_f (I - P_r)`. */
  removedDimension: z.number(),
  /** Relative change of the weight, `||W' - W|| / ||W||` (Frobenius). */
  weightChange: z.number(),
  /** Leading normalised squared singular values of each space, largest first. */
  spectra: z.object({ retain: z.array(z.number()), forget: z.array(z.number()) }),
});

/** A limit of the policy that the new model does not keep, or a warning about a kept class. */
const policyFinding = z.object({
  code: z.enum(['must-be-forgotten', 'protect-broken', 'retain-drop']),
  severity: z.enum(['error', 'warning']),
  class: z.string(),
  limit: z.number(),
  value: z.number(),
  message: z.string(),
});

/**
 * How well the classes to forget can still be told from the rest by a linear probe on the last hidden layer, on samples that
 * neither the model nor the probe was fitted to.
 */
const recoverability = z.object({
  /** The mean of the shares of forgotten samples and of others that are told rightly; 0.5 is guessing. */
  balancedAccuracy: share,
  /** One standard error of that. */
  error: z.number(),
  /** Area under the ROC curve: how often a forgotten sample looks more like one than another sample does. */
  auc: share,
});

// ---- candidates ------------------------------------------------------------------------------------------------------

/** A candidate and what it does, judged on the samples of the search. */
const candidateResult = candidate.extend({
  ...accuracies.shape,
  /** `retainAccuracy * (1 - forgetAccuracy)`. */
  score: z.number(),
  /** Null where it can't be told. */
  recoverability: recoverability.nullable(),
  /** How many samples it was judged on, and whether those are all there are to judge on. */
  samples: count,
  complete: z.boolean(),
  /** Whether every class to forget is forgotten, and whether every limit of the policy is kept too. */
  forgets: z.boolean(),
  admissible: z.boolean(),
  /** On the Pareto front of retain accuracy, forget accuracy and recoverability. */
  pareto: z.boolean(),
  chosen: z.boolean(),
});

/** What of a run's result depends on the candidate. */
const candidateFacts = z.object({
  candidate,
  after: accuracies,
  recoverabilityAfter: recoverability.nullable(),
  perClass: z.array(classChange),
  confusionAfter: confusion,
  layers: z.array(layerChange),
  policy: z.array(policyFinding),
});

/** A candidate that somebody looked at, kept in the folder of its run (named by its id). */
export const candidateRecord = z.preprocess(
  upgradedCandidate,
  candidateFacts.extend({ version: z.literal(3), run: z.string() }),
);

// ---- runs ------------------------------------------------------------------------------------------------------------

const SETTING_SCHEMAS = {
  method: z.enum(METHOD_NAMES),
  alphas: z.array(z.number()),
  share,
  count,
  seed: z.int(),
  bytes: count,
  glob: z.string(),
} as const satisfies Record<SettingKind, z.ZodType>;

const runSettings = z.object(
  Object.fromEntries(
    Object.entries(RUN_SETTINGS).map(([name, facts]) => {
      const schema: z.ZodType = SETTING_SCHEMAS[facts.kind];
      return [name, 'open' in facts ? schema.nullable() : schema];
    }),
  ),
) as unknown as z.ZodType<RunSettings>;

const skippedLayer = z.object({ name: z.string(), kind: z.string(), reason: z.string() });

const unlearnSeconds = z.object({
  /** Opening the model and the data. */
  load: z.number(),
  /** Accuracy before and after. */
  measure: z.number(),
  /** Forward passes for the spaces. */
  forward: z.number(),
  /** All else about the spaces: moments, dimensions, spectra. */
  spaces: z.number(),
  search: z.number(),
  total: z.number(),
});

/** Where accuracies were measured: on a split of its own, or on samples held out from the ones used. */
const measuredOn = z.object({ split: splitName, heldOut: z.boolean(), samples: count });

const runResult = z.object({
  forget: z.array(z.string()),
  earlier: z.array(z.string()),
  /** The one that the new model is. */
  candidate,
  measuredOn,
  before: accuracies,
  after: accuracies,
  recoverability: z.object({ before: recoverability.nullable(), after: recoverability.nullable() }),
  perClass: z.array(classChange),
  confusion: z.object({ before: confusion, after: confusion }),
  layers: z.array(layerChange),
  skipped: z.array(skippedLayer),
  candidates: z.array(candidateResult),
  policy: z.array(policyFinding),
  notes: z.array(z.string()),
  seconds: unlearnSeconds,
});

const forgottenClass = z.object({ class: z.string(), index: count, maxAccuracy: share });

/** What a run leaves behind: enough to prove what was done to which file, and to repeat it. */
export const runRecord = z.preprocess(
  upgradedRun,
  z.object({
    version: z.literal(3),
    id: z.string().regex(/^[A-Za-z0-9._-]+$/),
    /** ISO 8601, UTC. */
    created: z.iso.datetime(),
    versions: z.object({ lethe: z.string(), node: z.string(), platform: z.string() }).catchall(z.string()),
    source: z.object({ path: z.string(), format: z.string(), files: z.array(hashedFile).min(1) }),
    output: z.object({ path: z.string(), files: z.array(hashedFile).min(1) }),
    config: hashedFile.nullable(),
    data: z.array(hashedFile),
    classes: z.array(z.string()),
    /** What this run removed, and the reason the policy gives. */
    forget: z.array(forgottenClass.extend({ reason: z.string().nullable() })).min(1),
    /** What earlier runs removed and this one kept so. */
    earlier: z.array(forgottenClass),
    settings: runSettings,
    result: runResult,
  }),
);

// ---- evaluations -----------------------------------------------------------------------------------------------------

/** Accuracies of a model that were measured once, kept in `.lethe/evaluations`, so that nobody need measure them again. */
export const evaluationRecord = z.object({
  version: z.literal(1),
  created: z.iso.datetime(),
  model: z.object({ path: z.string(), files: z.array(hashedFile).min(1) }),
  split: splitName,
  /** Whether all samples of the split were used. */
  complete: z.boolean(),
  samples: count,
  accuracy: share,
  perClass: z.array(classAccuracy),
  confusion,
});

// ---- their types -----------------------------------------------------------------------------------------------------

export type Confusion = Frozen<z.infer<typeof confusion>>;
export type ClassAccuracy = Frozen<z.infer<typeof classAccuracy>>;
export type Accuracies = Frozen<z.infer<typeof accuracies>>;
export type Recoverability = Frozen<z.infer<typeof recoverability>>;
export type ClassRole = z.infer<typeof classRole>;
export type ClassChange = Frozen<z.infer<typeof classChange>>;
export type LayerFacts = Frozen<z.infer<typeof layerFacts>>;
export type LayerChange = Frozen<z.infer<typeof layerChange>>;
export type SkippedLayer = Frozen<z.infer<typeof skippedLayer>>;
export type PolicyFinding = Frozen<z.infer<typeof policyFinding>>;
export type CandidateResult = Frozen<z.infer<typeof candidateResult>>;
export type CandidateFacts = Frozen<z.infer<typeof candidateFacts>>;
export type CandidateRecord = Frozen<z.infer<typeof candidateRecord>>;
export type UnlearnSeconds = Frozen<z.infer<typeof unlearnSeconds>>;
export type MeasuredOn = Frozen<z.infer<typeof measuredOn>>;
export type RunResult = Frozen<z.infer<typeof runResult>>;
export type RunRecord = Frozen<z.infer<typeof runRecord>>;
export type EvaluationRecord = Frozen<z.infer<typeof evaluationRecord>>;
