import path from 'node:path';
import { LetheError } from '../../../base/errors.js';
import { readCsvHead } from '../../../data/formats/csv.js';
import type { SourceOf } from '../../../data/source.js';
import type { InputSpec } from '../../../models/classifier.js';
import type { Finder, FinderContext, Finding } from '../finding.js';
import { imageSpec } from '../imageSpec.js';

const LINES = 40;
const DELIMITERS: Readonly<Record<string, readonly string[]>> = { csv: [',', ';', '\t'], tsv: ['\t'] };
const LABEL_NAMES = ['label', 'labels', 'class', 'target', 'y', 'classes', 'category', 'species', 'digit', 'outcome'];

/** Tables of numbers with a label column, guessed from the first lines. */
export const csvTables: Finder = async ({ folder, files }, context) => {
  const findings: Finding[] = [];
  for (const name of files) {
    const delimiters = DELIMITERS[/\.(csv|tsv)$/i.exec(name)?.[1].toLowerCase() ?? ''];
    if (!delimiters) continue;
    const file = path.join(folder, name);
    const table = await sniff(file, delimiters, context);
    if (!table) continue;
    findings.push({
      title: `Table, label in ${typeof table.label === 'number' ? `column ${table.label + 1}` : `"${table.label}"`}`,
      files: [file],
      source: { format: 'csv', path: file, ...table },
    });
  }
  return findings;
};

type Table = Pick<SourceOf<'csv'>, 'label' | 'delimiter' | 'shape'>;

async function sniff(
  file: string,
  delimiters: readonly string[],
  { input, classCount }: FinderContext,
): Promise<Table | null> {
  for (const delimiter of delimiters) {
    const lines = await headOf(file, delimiter);
    if (lines.length < 3 || lines[0].length < 2) continue;
    const label = labelColumn(lines, classCount);
    if (label === null) continue;
    const shape = pixelShape(input, lines[0].length - 1);
    return { label, delimiter, ...(shape && { shape }) };
  }
  return null;
}

async function headOf(file: string, delimiter: string): Promise<string[][]> {
  try {
    return await readCsvHead(file, delimiter, LINES);
  } catch (error) {
    if (error instanceof LetheError) return [];
    throw error;
  }
}

/** The column by its name if it has a usual one, else the text among numbers, else whole numbers in the first or last column. */
function labelColumn(lines: readonly string[][], classCount: number | null): string | number | null {
  const [first, ...rest] = lines;
  const columns = first.map((_, column) => rest.map((fields) => fields[column]?.trim() ?? ''));
  const isText = columns.map((values) => values.some((value) => !isNumber(value)));
  const names = first.map((field) => field.trim());
  const hasHeader = names.some((name, column) => !isNumber(name) && !isText[column]);

  const named = hasHeader ? usualColumn(names) : -1;
  const texts = [...isText.keys()].filter((column) => isText[column]);
  const column = named >= 0 ? named : texts.length > 0 ? texts[0] : wholeColumn(columns, classCount);
  if (column < 0 || texts.some((other) => other !== column)) return null;
  return hasHeader && names[column] !== '' ? names[column] : column;
}

function usualColumn(names: readonly string[]): number {
  for (const wanted of LABEL_NAMES) {
    const column = names.findIndex((name) => name.toLowerCase() === wanted);
    if (column >= 0) return column;
  }
  return -1;
}

function wholeColumn(columns: readonly string[][], classCount: number | null): number {
  const most = classCount ?? 1000;
  for (const column of [0, columns.length - 1]) {
    const values = columns[column].map(Number);
    if (values.every((value) => Number.isInteger(value) && value >= 0 && value <= most)) return column;
  }
  return -1;
}

function isNumber(field: string): boolean {
  return field !== '' && Number.isFinite(Number(field));
}

/** The image that a row of pixels makes, if the model takes images with so many values. */
function pixelShape(input: InputSpec, features: number): [number, number, number] | undefined {
  const { height, width, channels } = imageSpec(input) ?? {};
  return height && width && channels && height * width * channels === features ? [height, width, channels] : undefined;
}
