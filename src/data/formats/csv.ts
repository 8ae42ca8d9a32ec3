import { createReadStream } from 'node:fs';
import { CsvError, type Info, parse } from 'csv-parse';
import { parse as parseText } from 'csv-parse/sync';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { fileError, readRange, withFile } from '../../base/files.js';
import type { OpenContext } from '../context.js';
import type { Dataset } from '../dataset.js';
import type { SourceOf } from '../source.js';
import { CsvTable } from '../stored/csvTable.js';
import { drain } from '../stored/drain.js';
import { HOST_FLOAT32 } from '../stored/elements.js';
import { recordDataset } from '../stored/records.js';
import type { SampleShape } from '../stored/sampleShape.js';

/** A line with the place it was read from, as csv-parse gives it with `info`. */
interface CsvRecord {
  readonly record: string[];
  readonly info: Info;
}

/** Characters of one line, at most: enough for 224 x 224 x 3 floats, but an open quote must not swallow a large file. */
const LONGEST_LINE = 4 * 2 ** 20;
const LINES_PER_REPORT = 256;

/**
 * The lines of a CSV file. The text is parsed once, as a stream; the numbers are kept as float32, in a scratch file where they
 * are many.
 * @throws LetheError naming file, line and column.
 */
export async function openCsv(source: SourceOf<'csv'>, context: OpenContext): Promise<Dataset> {
  const file = context.resolve(source.path);
  const table = new CsvTable(source, file, context);
  try {
    await readLines(source, file, table, context);
    if (table.lines.length === 0) {
      throw new LetheError('data-corrupt', { message: 'holds no samples', file, hint: 'Check the file.' });
    }
    const sample = csvShape(source, file, table.width);
    const { labels, classes } = table.labels.finish();
    const bytes = await table.features.finish();
    return recordDataset({
      format: 'csv',
      segments: [{ file, bytes, start: 0, stride: table.width * 4, count: labels.length }],
      type: HOST_FLOAT32,
      sample,
      scale: source.scale ?? (source.shape ? 255 : 1),
      labels,
      classes,
      features: table.featureNames,
      where: (index) => ({ file, place: `line ${table.lines.at(index)}` }),
    });
  } catch (error) {
    await table.features.discard();
    throw error;
  }
}

/** Bytes at the beginning of a file that are looked at to tell its columns. */
const HEAD_BYTES = 512 * 1024;

/** The fields of a file's first lines, for a guess at its columns; none where it does not read as a table. */
export async function readCsvHead(file: string, delimiter: string, lines: number): Promise<string[][]> {
  const text = await withFile(file, async (handle, bytes) => {
    const head = await readRange(handle, { file, offset: 0, length: Math.min(bytes, HEAD_BYTES) });
    const text = Buffer.from(head).toString('utf8');
    // The last line may be cut.
    return bytes > HEAD_BYTES ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  });
  try {
    return parseText(text, { ...parsing(delimiter), to: lines });
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  }
}

function parsing(delimiter: string) {
  return { delimiter, bom: true, skip_empty_lines: true, max_record_size: LONGEST_LINE };
}

async function readLines(source: SourceOf<'csv'>, file: string, table: CsvTable, context: OpenContext): Promise<void> {
  const total = await withFile(file, async (_, bytes) => bytes);
  const parser = parse({ ...parsing(source.delimiter), info: true });
  try {
    await drain(createReadStream(file), parser, async ({ record, info }: CsvRecord) => {
      await table.add(record, info.lines);
      if (info.records % LINES_PER_REPORT > 0) return;
      throwIfAborted(context.signal);
      context.onProgress?.({ phase: 'read', done: info.bytes, total, detail: file });
    });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall ? fileError(error, file) : csvError(error, file);
  }
}

function csvError(error: unknown, file: string): unknown {
  if (!(error instanceof CsvError)) return error;
  const where = { file, place: `line ${error.lines}`, cause: error };
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
    const message = `has ${(error.record as string[]).length} columns, unlike the lines before`;
    return new LetheError('data-corrupt', {
      message,
      hint: 'Check the delimiter and the quotes of this line.',
      ...where,
    });
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED') {
    const message = 'a quote is not closed up to here, or the line is far too long';
    return new LetheError('data-corrupt', { message, hint: 'Check the quotes before this line.', ...where });
  }
  return new LetheError('data-corrupt', { message: error.message, hint: 'Check the quotes of this line.', ...where });
}

function csvShape(source: SourceOf<'csv'>, file: string, width: number): SampleShape {
  if (!source.shape) return { shape: [width], isPlanar: false };
  const [height, rowLength, channels = 1] = source.shape;
  if (height * rowLength * channels !== width) {
    throw new LetheError('config-invalid', {
      message: `has ${width} columns beside the label, the shape ${source.shape.join(' x ')} asks for ${height * rowLength * channels}`,
      file,
      hint: 'Correct "shape" in the data source.',
    });
  }
  return { shape: [height, rowLength, channels], isPlanar: false };
}
