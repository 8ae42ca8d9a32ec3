import { LetheError } from '../../base/errors.js';
import { suggestion } from '../../base/nearest.js';
import type { SourceOf } from '../source.js';
import { ClassLabels } from './classLabels.js';
import { Int32List } from './int32List.js';
import { Scratch } from './scratch.js';

/** Which column of a table is what. */
interface Columns {
  readonly width: number;
  /** Index of the label column. */
  readonly label: number;
  /** Column names, where the first line holds them. */
  readonly names?: readonly string[];
}

const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** Turns the lines of a CSV file into float32 features and labels, one line after the other. */
export class CsvTable {
  readonly labels: ClassLabels;
  /** The line that each sample was read from. */
  readonly lines = new Int32List();
  readonly features: Scratch;
  readonly #source: SourceOf<'csv'>;
  readonly #file: string;
  #columns: Columns | undefined;
  #values = new Float32Array(0);

  constructor(source: SourceOf<'csv'>, file: string, options: { classes?: readonly string[]; cacheBytes?: number }) {
    this.#source = source;
    this.#file = file;
    this.labels = new ClassLabels(options.classes);
    this.features = new Scratch(options.cacheBytes);
  }

  /** Feature columns, known after the first line. */
  get width(): number {
    return this.#values.length;
  }

  /** Names of the feature columns, where the first line holds them. */
  get featureNames(): readonly string[] | undefined {
    const columns = this.#columns;
    return columns?.names?.filter((_, column) => column !== columns.label).map((name) => name.trim());
  }

  /** @throws LetheError `data-corrupt` or `label-outside` with line and column; `config-invalid` if there is no label column. */
  async add(fields: readonly string[], line: number): Promise<void> {
    if (!this.#columns) {
      this.#columns = this.#readColumns(fields, line);
      this.#values = new Float32Array(fields.length - 1);
      if (this.#columns.names) return;
    }
    const { label } = this.#columns;
    const values = this.#values;
    for (let column = 0, at = 0; column < fields.length; column++) {
      if (column === label) continue;
      const value = parseNumber(fields[column]);
      if (Number.isNaN(value)) throw this.#notANumber(fields[column], line, column);
      values[at++] = value;
    }
    this.labels.add(fields[label].trim(), { file: this.#file, place: this.#place(line, label) });
    this.lines.push(line);
    await this.features.append(new Uint8Array(values.buffer));
  }

  #readColumns(fields: readonly string[], line: number): Columns {
    const { label: wanted, header } = this.#source;
    const width = fields.length;
    if (width < 2) throw this.#tooNarrow(fields, line);
    if (typeof wanted === 'number') {
      if (wanted >= width) throw this.#noLabel(`the file has columns 0 .. ${width - 1}, none is column ${wanted}`);
      const isHeader = header ?? fields.some((field, column) => column !== wanted && Number.isNaN(parseNumber(field)));
      return { width, label: wanted, names: isHeader ? fields : undefined };
    }
    const names = fields.map((field) => field.trim());
    const label = names.indexOf(wanted);
    if (header === false)
      throw this.#noLabel('a file without a header has no column names', 'Give "label" as an index.');
    if (label < 0)
      throw this.#noLabel(`the first line names no column ${JSON.stringify(wanted)}`, suggestion(wanted, names));
    return { width, label, names };
  }

  #place(line: number, column: number): string {
    const name = this.#columns?.names?.[column];
    return `line ${line}, column ${column + 1}${name === undefined ? '' : ` (${JSON.stringify(name)})`}`;
  }

  #notANumber(field: string, line: number, column: number): LetheError {
    return new LetheError('data-corrupt', {
      message:
        field.trim() === '' ? 'the value is missing' : `${JSON.stringify(shortened(field))} is not a finite number`,
      file: this.#file,
      place: this.#place(line, column),
      hint: 'All columns but the label must hold numbers; leave out lines or columns that do not.',
    });
  }

  #noLabel(message: string, hint = 'Correct "label" in the data source.'): LetheError {
    return new LetheError('config-invalid', { message, file: this.#file, hint });
  }

  #tooNarrow(fields: readonly string[], line: number): LetheError {
    const other = [';', '\t', ',', '|'].find((mark) => mark !== this.#source.delimiter && fields[0].includes(mark));
    return new LetheError('data-corrupt', {
      message: 'has a single column, so no features beside the label',
      file: this.#file,
      place: `line ${line}`,
      hint: other ? `State "delimiter": ${JSON.stringify(other)} in the data source.` : 'Check the file.',
    });
  }
}

/** NaN for everything that is not a finite float32 number, the empty field too. */
function parseNumber(field: string): number {
  const value = Number(field);
  if (value === 0 && field.trim() === '') return Number.NaN;
  return Math.abs(value) <= LARGEST_FLOAT32 ? value : Number.NaN;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
