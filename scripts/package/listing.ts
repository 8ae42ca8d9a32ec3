import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';

export interface PackedFile {
  readonly name: string;
  /** Bytes, unpacked and as they lie in the package. */
  readonly size: number;
  readonly packed: number;
  /** Unix permissions. */
  readonly mode: number;
}

/** All that may be in a package. What is not named here is a mistake. */
const EXPECTED: readonly RegExp[] = [
  /^(extension\.vsixmanifest|\[Content_Types\]\.xml)$/,
  /^extension\/(package(\.nls)?\.json|readme\.md|changelog\.md|LICENSE\.txt|ThirdPartyNotices\.txt)$/i,
  /^extension\/bin\/lethe(\.cmd)?$/,
  /^extension\/media\/([\w-]+\/)*[\w-]+\.(png|svg|md)$/,
  /^extension\/docs\/diagnostics\.md$/,
  /^extension\/schemas\/[\w-]+(\.schema)?\.json$/,
  /^extension\/dist\/(extension|engine|lethe)\.cjs$/,
  /^extension\/dist\/tfjs-backend-wasm(-simd)?\.wasm$/,
  /^extension\/dist\/webview\/[\w-]+\.(js|css|ttf)$/,
  /^extension\/dist\/demo\/(README\.md|lethe\.json|fashion\.onnx|fashion-tfjs\/(model\.json|group1-shard1of1\.bin))$/,
  /^extension\/dist\/demo\/data\/(LICENSE|(train|t10k)-(images-idx3|labels-idx1)-ubyte\.gz)$/,
  /^extension\/dist\/demo-clusters\/(README\.md|lethe\.json|clusters\.onnx|(train|test)\.csv)$/,
  /^extension\/dist\/node_modules\/onnxruntime-node\/(package\.json|dist\/[\w-]+\.js)$/,
  /^extension\/dist\/node_modules\/onnxruntime-node\/bin\/napi-v6\/\w+\/\w+\/[\w.]+\.(node|dll|dylib|so\.1)$/,
  /^extension\/dist\/node_modules\/onnxruntime-common\/(package\.json|dist\/cjs\/([\w-]+\.js|package\.json))$/,
  /^extension\/dist\/node_modules\/@napi-rs\/image(-[\w-]+)?\/(package\.json|index\.js|[\w.-]+\.node)$/,
];

/** What is in a package, in its order. */
export async function listPackage(file: string): Promise<PackedFile[]> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(file, { lazyEntries: false });
  const files: PackedFile[] = [];
  zip.on('entry', ({ fileName, uncompressedSize, compressedSize, externalFileAttributes }: yauzl.Entry) => {
    const mode = (externalFileAttributes >>> 16) & 0o777;
    files.push({ name: fileName, size: uncompressedSize, packed: compressedSize, mode });
  });
  await new Promise((resolve, reject) => zip.on('end', resolve).on('error', reject));
  return files;
}

/** @throws Error if something is in the package that should not be, or it is larger than it may be. */
export async function checkPackage(
  file: string,
  files: readonly PackedFile[],
  limit: number | undefined,
): Promise<void> {
  const strangers = files.filter(({ name }) => !EXPECTED.some((pattern) => pattern.test(name)));
  if (strangers.length > 0) {
    throw new Error(`the package holds what it should not:\n${strangers.map(({ name }) => `  ${name}`).join('\n')}`);
  }
  const { size } = await stat(file);
  if (limit !== undefined && size > limit * 1e6) {
    throw new Error(`the package has ${megabytes(size)} MB, more than ${limit}`);
  }
}

/** The folders of a package with their number of files and sizes, largest first. */
export function listing(files: readonly PackedFile[]): string {
  const groups = new Map<string, { count: number; size: number; packed: number }>();
  for (const { name, size, packed } of files) {
    const group = groups.get(groupOf(name)) ?? { count: 0, size: 0, packed: 0 };
    groups.set(groupOf(name), { count: group.count + 1, size: group.size + size, packed: group.packed + packed });
  }
  const rows = [...groups].sort(([, a], [, b]) => b.packed - a.packed);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(
      ([name, { count, size, packed }]) =>
        `${name.padEnd(width)}  ${String(count).padStart(4)} files  ${megabytes(size).padStart(6)} MB  packed ${megabytes(packed).padStart(6)} MB`,
    )
    .join('\n');
}

function groupOf(name: string): string {
  const [, folder] =
    /^(extension\/dist\/node_modules\/(?:@[^/]+\/)?[^/]+|extension\/dist\/[^/]+|extension\/[^/]+)/.exec(name) ?? [];
  return folder ?? '.';
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
