import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { exists, writeAtomically } from '../../base/files.js';
import type { Work } from '../../contract/progress.js';
import type { WriteSetupRequest, WriteSetupResult } from '../../contract/setup.js';
import { parseConfig } from '../../project/config.js';
import { CONFIG_NAME } from '../../project/home.js';
import { JsonText } from '../../project/jsonText.js';
import { prettyJson } from '../../project/prettyJson.js';

/**
 * Writes a `lethe.json`, if it is a good one.
 * @throws ConfigError saying what is wrong with it; LetheError `output-exists` unless told to overwrite, `file-missing` if there
 * is no such folder, `file-unwritable`, `disk-full`.
 */
export async function writeSetup(request: WriteSetupRequest, work: Work = {}): Promise<WriteSetupResult> {
  const { folder, config, overwrite, allowOutside } = request;
  const file = path.join(folder, CONFIG_NAME);
  await parseConfig(file, config, { allowOutside });
  if (!(await exists(folder))) {
    throw new LetheError('file-missing', { message: 'no such folder', file: folder, hint: 'Check the path.' });
  }
  if (!overwrite && (await exists(file))) {
    throw new LetheError('output-exists', {
      message: 'exists already',
      file,
      hint: 'Move it away, or agree to replace it.',
    });
  }
  throwIfAborted(work.signal);
  const text = `${prettyJson(new JsonText(file, config).value)}\n`;
  await writeAtomically(file, (temporary) => writeFile(temporary, text), { overwrite });
  return { file };
}
