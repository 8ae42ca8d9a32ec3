import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table of plain or coloured text with aligned columns, a line a row, two spaces between columns. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  emphasise = (title: string) => title,
): string {
  const widths = columns.map((column, at) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(row[at]))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const gap = ' '.repeat(Math.max(0, widths[at] - stringWidth(cell)));
        return columns[at].align === 'right' ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [emphasise(line(columns.map((column) => column.title))), ...rows.map(line)].join('\n');
}
