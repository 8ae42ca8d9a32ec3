import type { Confusion } from '../../contract/records.js';
import type { RunSettings } from '../../contract/settings.js';
import type { Layer } from '../../models/classifier.js';
import type { Probe } from '../open/probe.js';
import type { Session } from '../open/session.js';
import type { Pools } from './pools.js';
import type { RunSamples } from './samples.js';
import type { Targets } from './targets.js';

/** A run whose classes and samples are settled: what its spaces are found with, and its candidates are made of and measured on. */
export interface RunBasis {
  readonly session: Session;
  readonly settings: RunSettings;
  /** Those to edit. */
  readonly layers: readonly Layer[];
  readonly pools: Pools;
  readonly costs: Probe;
  readonly targets: Targets;
  readonly samples: RunSamples;
  /** Of the model as it is, on `pools.measured`. */
  readonly before: Confusion;
}
