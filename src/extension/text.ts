/** Text of a file for a notification, which would make `[text](command:...)` a link that runs a command. */
export function plainText(text: string): string {
  return text.replaceAll('](', ']\u200b(');
}
