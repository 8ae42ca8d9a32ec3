import type { ErrorCode } from '../../base/errors.js';
import type { Finding } from '../../contract/findings.js';

interface CodeFacts {
  /** In a few words, for rule lists. */
  readonly title: string;
  readonly severity: Finding['severity'];
  /** Whether it says that a policy is not kept, and not that something can't be read. */
  readonly policy?: true;
}

const error = (title: string): CodeFacts => ({ title, severity: 'error' });

/** Findings that an error stands behind: they keep its code. */
const ofErrors = {
  'file-missing': error('a file is not there'),
  'file-unreadable': error('a file can not be read'),
  'format-unknown': error('not a model file of a known format'),
  'path-outside': error('a path leads out of its folder'),
  'model-corrupt': error('the model file is damaged'),
  'model-unsupported': { title: 'a model that Lethe can not work on', severity: 'warning' },
  'not-a-classifier': { title: 'the model is no classifier', severity: 'warning' },
  'weights-missing': error('a weight file is not there'),
  'weights-short': error('a weight file has the wrong size'),
  'weights-not-finite': error('a tensor holds NaN or infinity'),
  'class-count-mismatch': error('the names do not fit the outputs'),
  'config-invalid': error('lethe.json is wrong'),
  'record-invalid': { title: 'a record can not be read', severity: 'warning' },
  'data-corrupt': error('a data file is damaged'),
  'data-unsupported': error('a data file is in a form that is not read'),
  'label-outside': error('a label is no class of the model'),
  'image-size': error('images have another size than the input'),
  'samples-missing': error('there are no samples'),
  'out-of-memory': error('the model does not fit into memory'),
  internal: error('a defect of Lethe'),
} as const satisfies Partial<Record<ErrorCode, CodeFacts>>;

/** Findings about models that can be read, and about policies. */
const ofModels = {
  'layers-left-alone': { title: 'layers that can not be projected', severity: 'information' },
  'no-layer-to-project': { title: 'no layer can be projected', severity: 'warning' },
  'data-missing': { title: 'the data that lethe.json names is not there', severity: 'warning' },
  'must-be-forgotten': { title: 'a class that must be forgotten is recognised', severity: 'error', policy: true },
  'protect-broken': { title: 'a protected class lost more than allowed', severity: 'error', policy: true },
  'never-evaluated': { title: 'the policy can not be checked', severity: 'information' },
  'class-not-measured': { title: 'no sample of a class that must be forgotten', severity: 'information' },
  'changed-since-verified': { title: 'the model changed since it was evaluated or written', severity: 'warning' },
  superseded: { title: 'a newer model was made from this one', severity: 'information' },
} as const satisfies Record<string, CodeFacts>;

/** Every code that a finding may have; docs/diagnostics.md explains each. They never change their meaning. */
export const codes = { ...ofErrors, ...ofModels };

export type FindingCode = keyof typeof codes;

export function factsOf(code: FindingCode): CodeFacts {
  return codes[code];
}

export function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(codes, code);
}
