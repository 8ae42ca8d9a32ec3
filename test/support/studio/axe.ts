import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A page or a frame of one, as far as axe needs it. */
interface Place {
  evaluate(script: string): Promise<unknown>;
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/**
 * What axe finds to be a serious fault, each with the elements at fault.
 * @param within a selector; default the whole page.
 */
export async function seriousFaults(place: Place, within?: string): Promise<string[]> {
  if (!(await place.evaluate('"axe" in window'))) await place.evaluate(await axe());
  // What passed is by far the most, and takes longer to carry over than to find.
  const found = await place.evaluate(
    `axe.run(${within === undefined ? 'document' : JSON.stringify(within)}).then(({ violations }) => violations)`,
  );
  return (found as readonly Violation[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}

function axe(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
}
