/** A word as the shells of this system take it: whatever it holds, it stays one word and runs nothing. */
export function shellWord(word: string): string {
  if (/^[\w./:=,-]+$/.test(word)) return word;
  // PowerShell, the terminal of Windows, doubles a quote; neither shell looks for variables between single ones.
  return `'${word.replaceAll("'", process.platform === 'win32' ? "''" : `'\\''`)}'`;
}
