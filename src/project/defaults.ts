import type { UnlearnRequest } from '../contract/run.js';
import type { RunSettings } from '../contract/settings.js';

/** What a run does unless told otherwise. All of it is written to the run record. */
export const DEFAULTS = {
  /** Weights of the retain space's directions that are tried: those of Kodge et al. (TMLR 2024, section 5) but 1000, which never won. */
  alphaR: [10, 30, 100, 300],
  /** Weights of the forget space's directions that are tried. */
  alphaF: [1, 3, 10, 30, 100],
  /** Samples of each kept class, for the spaces and for judging candidates. */
  samples: 100,
  /**
   * Samples of each class to forget, for each of a kept class. "At most 1% is recognised" can't be told from a hundred: judged on
   * 400 samples, a candidate passed that then recognised 2% of the test images; on 900 none did.
   */
  forgetFactor: 9,
  /** Input vectors a layer and side. */
  maxPatches: 2000,
  seed: 1,
  /** Bytes that the spaces may take. */
  memory: 2 * 2 ** 30,
} as const;

/** The highest accuracy at which a class counts as forgotten, unless the policy says otherwise. */
export const DEFAULT_MAX_ACCURACY = 0.01;

/** A run's settings, with the defaults for what was not asked for. */
export function settingsOf(request: Partial<Omit<UnlearnRequest, 'model'>>): RunSettings {
  const samples = request.samples ?? DEFAULTS.samples;
  return {
    alphaR: request.alphaR ?? DEFAULTS.alphaR,
    alphaF: request.alphaF ?? DEFAULTS.alphaF,
    samples,
    forgetSamples: request.forgetSamples ?? DEFAULTS.forgetFactor * samples,
    maxPatches: request.maxPatches ?? DEFAULTS.maxPatches,
    layers: request.layers ?? null,
    seed: request.seed ?? DEFAULTS.seed,
    memory: request.memory ?? DEFAULTS.memory,
  };
}
