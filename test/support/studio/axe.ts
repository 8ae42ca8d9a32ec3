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
  await place.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const result = await place.evaluate(`axe.run(${within === undefined ? 'document' : JSON.stringify(within)})`);
  return (result as { readonly violations: readonly Violation[] }).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}
