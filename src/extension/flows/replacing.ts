import path from 'node:path';
import { cancelled } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { Dialogs } from '../dialogs.js';

/**
 * Writes something, and does it again with `force` if that exists and the user agrees to have it replaced.
 * @throws LetheError `cancelled` if the user does not agree, or what `write` throws.
 */
export async function replacing<T>(write: (force: boolean) => Promise<T>, dialogs: Dialogs): Promise<T> {
  try {
    return await write(false);
  } catch (error) {
    if (!(error instanceof LetheError) || error.code !== 'output-exists') throw error;
    const file = error.file ?? '';
    if (
      await dialogs.confirm(`${path.basename(file) || 'The new model'} exists already. Replace it?`, file, 'Replace')
    ) {
      return write(true);
    }
    throw cancelled();
  }
}
