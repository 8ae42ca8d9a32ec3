import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { placeOf } from '../../../scripts/package/place.js';

const script = fileURLToPath(new URL('../../../scripts/package.ts', import.meta.url));

/**
 * The package for this machine as `npm run package` makes it; it is made where there is none of the sources as they are now.
 * @returns the VSIX and what was printed.
 */
export async function freshPackage(): Promise<{ vsix: string; printed: string }> {
  const args = ['--import', 'tsx', script, '--if-changed'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  return { vsix: placeOf().vsix, printed: stdout };
}

/** Unpacks a VSIX as the editor does: with the modes of the files. */
export async function unpack(vsix: string, folder: string): Promise<void> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(vsix, { lazyEntries: true });
  const openEntry = promisify(zip.openReadStream.bind(zip)) as (entry: yauzl.Entry) => Promise<NodeJS.ReadableStream>;
  await new Promise<void>((resolve, reject) => {
    zip.on('end', resolve).on('error', reject);
    zip.on('entry', async (entry: yauzl.Entry) => {
      try {
        const target = path.join(folder, entry.fileName);
        await mkdir(path.dirname(target), { recursive: true });
        await pipeline(await openEntry(entry), createWriteStream(target));
        await chmod(target, (entry.externalFileAttributes >>> 16) & 0o777);
        zip.readEntry();
      } catch (error) {
        reject(error);
      }
    });
    zip.readEntry();
  });
}
