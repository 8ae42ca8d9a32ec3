import { isObject } from './json.js';
import { candidateOf, projectionRecipe } from './recipes.js';

/**
 * A run record of an earlier version as one of this version.
 * @returns what it was given, if that is no record of an earlier version: the schema says what is wrong with it.
 */
export function upgradedRun(record: unknown): unknown {
  return fromVersion2(fromVersion1(record));
}

/** The same of a candidate that somebody looked at; there was none in version 1. */
export function upgradedCandidate(record: unknown): unknown {
  if (!isObject(record) || record.version !== 2) return record;
  return { ...record, version: 3, recoverabilityAfter: null };
}

// ---- version 1: a candidate was a pair of alphas, and the codes of findings were others ------------------------------

function fromVersion1(record: unknown): unknown {
  if (!isObject(record) || record.version !== 1) return record;
  return { ...record, version: 2, result: changed(record.result, withRecipes) };
}

function withRecipes({ alphaR, alphaF, candidates, policy, ...result }: Record<string, unknown>): unknown {
  return {
    ...result,
    candidate: projected(alphaR, alphaF),
    candidates: listed(candidates, ({ alphaR: r, alphaF: f, ...judged }) => ({ ...projected(r, f), ...judged })),
    policy: listed(policy, (finding) => ({ ...finding, code: CODES[String(finding.code)] ?? finding.code })),
  };
}

const CODES: Readonly<Record<string, string>> = {
  'forget-limit': 'must-be-forgotten',
  'protect-limit': 'protect-broken',
};

/** Whether these are numbers is for the schema to say. */
function projected(alphaR: unknown, alphaF: unknown) {
  return candidateOf(projectionRecipe(alphaR as number, alphaF as number));
}

// ---- version 2: projection was the only method, candidates were judged on what they were made from, and by accuracy alone

function fromVersion2(record: unknown): unknown {
  if (!isObject(record) || record.version !== 2) return record;
  const settings = changed(record.settings, (settings) => ({ ...SETTINGS_THEN, ...settings }));
  return { ...record, version: 3, settings, result: changed(record.result, withoutRecoverability) };
}

const SETTINGS_THEN = { method: 'projection', tolerance: 0, depth: null, heldOut: 0 };

function withoutRecoverability({ candidates, ...result }: Record<string, unknown>): unknown {
  return {
    ...result,
    recoverability: { before: null, after: null },
    candidates: listed(candidates, (candidate) => ({ recoverability: null, ...candidate })),
  };
}

// ---- what is not what it should be is left for the schema to name ----------------------------------------------------

function changed(value: unknown, change: (value: Record<string, unknown>) => unknown): unknown {
  return isObject(value) ? change(value) : value;
}

function listed(list: unknown, change: (entry: Record<string, unknown>) => unknown): unknown {
  return Array.isArray(list) ? list.map((entry) => changed(entry, change)) : list;
}
