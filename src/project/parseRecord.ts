import type { z } from 'zod';
import { LetheError } from '../base/errors.js';

/** Reads a record. @throws LetheError `record-invalid` naming the entry that is wrong. */
export function parseRecord<T>(file: string, text: string, schema: z.ZodType<T>, hint: string): T {
  const invalid = (place: string | undefined, message: string, cause: unknown) =>
    new LetheError('record-invalid', { message, file, place, hint, cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(undefined, `is not valid JSON: ${(error as Error).message}`, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(issue.path.join('.') || undefined, issue.message, parsed.error);
}
