import { distance } from 'fastest-levenshtein';

/** The known names closest to a mistyped one, best first: equal but for case, containing it, or a few letters away. */
export function nearest(name: string, known: readonly string[], limit = 3): string[] {
  const wanted = name.toLowerCase();
  return known
    .map((candidate) => {
      const other = candidate.toLowerCase();
      const contained =
        Math.min(wanted.length, other.length) >= 3 && (other.includes(wanted) || wanted.includes(other));
      return { candidate, steps: contained ? Math.min(1, distance(wanted, other)) : distance(wanted, other) };
    })
    .filter(({ candidate, steps }) => steps <= Math.max(2, Math.ceil(candidate.length / 3)))
    .sort((a, b) => a.steps - b.steps)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `Did you mean "Shirt" or "Skirt"?`, or what else to do where nothing is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known).map((candidate) => JSON.stringify(candidate));
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  const shown = known.slice(0, 12).map((candidate) => JSON.stringify(candidate));
  if (known.length > shown.length) shown.push(`... ${known.length - shown.length} more`);
  return `Known: ${shown.join(', ')}.`;
}
