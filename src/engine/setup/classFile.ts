import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseClassFile } from '../../project/classNames.js';

const NAME =
  /(^|[^a-z])(class|classes|labels?|names|categories|synsets?|synset_?words?)(?![a-z]).*\.txt$|\.names$|^batches\.meta\.txt$/i;
const LARGEST = 2 ** 20;

/** Class names from a text file, null unless it looks like one and holds exactly so many. */
export async function classNamesIn(file: string, count: number): Promise<readonly string[] | null> {
  if (!NAME.test(path.basename(file)) || (await stat(file)).size > LARGEST) return null;
  const { classes, problems } = parseClassFile(file, await readFile(file, 'utf8'));
  return problems.length === 0 && classes.length === count ? classes : null;
}
