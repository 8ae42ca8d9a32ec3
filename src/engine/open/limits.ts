/** Most samples in one forward pass. */
export const MAX_BATCH = 128;
/** Multiply-adds of one forward pass, so that it blocks the thread for less than 250 ms. */
export const BATCH_OPERATIONS = 4e9;
/** Bytes of taps that one forward pass may return. */
export const BATCH_BYTES = 256 * 2 ** 20;
/** Bytes of stored samples that are kept in memory, so that candidates need not decode the same images again. */
export const SAMPLE_CACHE_BYTES = 512 * 2 ** 20;
