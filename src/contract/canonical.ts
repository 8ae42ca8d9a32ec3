import { isObject } from './json.js';
import type { RunRecord } from './records.js';
import type { HashedFile } from './schema.js';

/**
 * The part of a run record that can be signed, as one text: no path, so that it is the same wherever the run is kept, and the
 * names of every object in order (RFC 8785), so that it is the same whoever wrote it. Files stand in it by their digests. Notes,
 * which are for people, may name files and are left out.
 */
export function canonicalRun(record: RunRecord): string {
  const { source, output, config, data, result, ...rest } = record;
  const { notes: _, ...found } = result;
  return canonicalJson({
    ...rest,
    result: found,
    source: { format: source.format, files: source.files.map(contentOf) },
    output: { files: output.files.map(contentOf) },
    config: config && contentOf(config),
    data: data.map(contentOf),
  });
}

function contentOf({ bytes, sha256, files }: HashedFile): Omit<HashedFile, 'path'> {
  return { bytes, sha256, files };
}

/** JSON without spaces, the names of every object sorted by their UTF-16 units (RFC 8785); undefined values are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => (isObject(part) ? sorted(part) : part));
}

function sorted(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // Names that are whole numbers would come first whatever their order; records have none.
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
