import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly homepage?: string;
  readonly text: string;
}

/**
 * The licences of all that is in a package, as one text.
 * @param bundled files of the project that were bundled, of which those in `node_modules` are others'
 * @param copied packages that are in it as they are
 * @throws Error for a package whose licence is not known
 */
export async function thirdPartyNotices(
  root: string,
  bundled: readonly string[],
  copied: readonly string[],
): Promise<string> {
  const folders = new Set([...bundled.flatMap(folderOfPackage), ...copied.map((name) => `node_modules/${name}`)]);
  const packages = await Promise.all([...folders].map((folder) => readPackage(path.join(root, folder))));
  const unique = new Map(packages.map((each) => [`${each.name} ${each.version}`, each]));
  const sorted = [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.map(([title, { license, homepage, text }]) =>
    [title, `License: ${license}`, ...(homepage ? [homepage] : []), '', text.trim()].join('\n'),
  );
  const head = [
    'Lethe contains the following software of others, under the licences printed here.',
    'The images of the demo are from Fashion-MNIST by Zalando SE, under the MIT License: dist/demo/data/LICENSE.',
  ].join('\n');
  return `${[head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** The folder of the package that a bundled file belongs to: the innermost, as packages may hold others. */
function folderOfPackage(file: string): string[] {
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.split(path.sep).join('/')) ?? [];
  return folder ? [folder] : [];
}

async function readPackage(folder: string): Promise<Package> {
  const { name, version, license, homepage, author, repository } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  );
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)([-.]|$)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const address = repository?.url ?? repository;
  return {
    name,
    version,
    license,
    homepage: homepage ?? (typeof address === 'string' ? address : undefined),
    text: texts.length > 0 ? texts.join('\n') : await standardText(name, license, author?.name ?? author),
  };
}

/** Who holds the rights, where a package neither has a licence file nor says so in its manifest. */
const HOLDERS: Readonly<Record<string, string>> = {
  '@bufbuild/protobuf': 'Buf Technologies, Inc.; parts: Google Inc.',
  'onnxruntime-common': 'Microsoft Corporation',
  'onnxruntime-node':
    'Microsoft Corporation; what it contains of others: https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt',
};

/** The text of the licences that a package names without repeating them: an SPDX expression, `Apache-2.0 AND MIT`. */
async function standardText(name: string, license: string, author: string | undefined): Promise<string> {
  const holder = HOLDERS[name] ?? (name.startsWith('@tensorflow/') ? 'Google LLC' : author);
  if (!holder) throw new Error(`${name} has no licence text, and names no author`);
  const texts = license
    .match(/[\w.-]+/g)!
    .filter((id) => id !== 'AND')
    .map(async (id) => {
      const file = new URL(`licenses/${id}.txt`, import.meta.url);
      if (!existsSync(file)) throw new Error(`${name} has no licence text, and there is none for ${id}`);
      return readFile(file, 'utf8');
    });
  return [`Copyright (c) ${holder}`, ...(await Promise.all(texts))].join('\n\n');
}
