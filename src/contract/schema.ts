import { z } from 'zod';

/** What the schemas of all records are made of. */
export const count = z.int().min(0);
export const share = z.number().min(0).max(1);
export const splitName = z.enum(['train', 'test']);

/** A file and its digest. For a folder of many files: their number, and the digest of their sorted `sha256  path` lines. */
export const hashedFile = z.object({
  path: z.string(),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256'),
  files: count.optional(),
});

/** Records are read, never changed. */
export type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

export type HashedFile = Frozen<z.infer<typeof hashedFile>>;
