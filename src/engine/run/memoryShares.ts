/** Which part of the memory for spaces a refit uses for what; a projection has all of it for its spaces. */
export const REFIT_SHARES = {
  spaces: 1 / 2,
  /** What layers are to give. */
  outputs: 1 / 8,
  /** The weights of candidates. */
  edits: 1 / 8,
  /** The samples of one side on their way, in one of the two places where they stand while they move on. */
  standing: 1 / 16,
} as const;
