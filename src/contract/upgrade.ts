import { isObject } from './json.js';
import { candidateOf, projectionRecipe } from './recipes.js';

/**
 * A run record of version 1 as one of version 2. Then a candidate was a pair of alphas, and the codes of what a policy missed
 * were others than those of the findings about models.
 * @returns what it was given, if that is no record of version 1: the schema says what is wrong with it.
 */
export function upgradedRun(record: unknown): unknown {
  if (!isObject(record) || record.version !== 1) return record;
  const { result } = record;
  return { ...record, version: 2, result: isObject(result) ? upgradedResult(result) : result };
}

function upgradedResult({ alphaR, alphaF, candidates, policy, ...result }: Record<string, unknown>): unknown {
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

function listed(list: unknown, change: (entry: Record<string, unknown>) => unknown): unknown {
  return Array.isArray(list) ? list.map((entry) => (isObject(entry) ? change(entry) : entry)) : list;
}
