import { createHash } from 'node:crypto';

/** Longest slug; with a model's name, a time and `.onnx` around it a file name stays far under 255 bytes. */
const LONGEST = 60;

/** Lower-case ASCII letters, digits and single dashes; empty where the name has none (`衬衫`). */
function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/**
 * A name for a set of classes that is safe on every file system: `T-shirt/top` becomes `t-shirt-top`. A class whose name
 * leaves nothing, or the same as another class's, is told by its index; a long slug is cut and gets a digest.
 */
export function slugOf(forget: readonly number[], classes: readonly string[]): string {
  const slugs = classes.map(plain);
  const parts = forget.map((index) => {
    const slug = slugs[index] ?? '';
    if (slug === '') return `class-${index}`;
    const shared = slugs.some((other, at) => at !== index && other === slug);
    return shared ? `${slug}-${index}` : slug;
  });
  const whole = parts.join('-');
  if (whole.length <= LONGEST) return whole;
  const digest = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 8);
  return `${whole.slice(0, LONGEST - 9).replace(/-+$/, '')}-${digest}`;
}
