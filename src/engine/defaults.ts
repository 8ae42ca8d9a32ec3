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

/** Most samples in one forward pass. */
export const MAX_BATCH = 128;
/** Multiply-adds of one forward pass, so that it blocks the thread for less than 250 ms. */
export const BATCH_OPERATIONS = 4e9;
/** Bytes of taps that one forward pass may return. */
export const BATCH_BYTES = 256 * 2 ** 20;
/** Multiply-adds from which candidates are raced instead of each being judged on all samples: some ten seconds. */
export const RACE_OPERATIONS = 5e11;
/** Vectors in the sketch of a space that a race starts with. */
export const SKETCH_VECTORS = 500;
/** Bytes of stored samples that are kept in memory, so that candidates need not decode the same images again. */
export const SAMPLE_CACHE_BYTES = 512 * 2 ** 20;
