/** JSON for people and for diffs: indented, but with a list of plain numbers on one line. */
export function prettyJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  // Strings in JSON hold no raw line break, so brackets around lines of numbers are never part of one.
  return text.replace(/\[\n\s+((?:-?[\d.eE+-]+|null)(?:,\n\s+(?:-?[\d.eE+-]+|null))*)\n\s+\]/g, (_, list: string) => {
    return `[${list.replace(/,\n\s+/g, ', ')}]`;
  });
}
