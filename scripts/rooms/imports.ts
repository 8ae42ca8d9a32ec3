import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** What imports what: files, from the folder that this runs in. */
export interface Imports {
  readonly modules: readonly string[];
  readonly imports: readonly { readonly from: string; readonly to: string }[];
}

/** Reads the imports of all TypeScript in some folders, those of types too. */
export async function readImports(folders: readonly string[]): Promise<Imports> {
  const options = { tsPreCompilationDeps: true, exclude: { path: 'node_modules' } };
  const { output } = await cruise([...folders], options, undefined, { tsConfig: extractTSConfig('tsconfig.json') });
  const all = (output as ICruiseResult).modules.filter(({ source }) => /\.ts$/.test(source));
  const modules = all.map(({ source }) => source).filter((source) => folders.some((folder) => isIn(source, folder)));
  const known = new Set(modules);
  const imports = all.flatMap(({ source, dependencies }) =>
    [...new Set(dependencies.map(({ resolved }) => resolved))]
      .filter((resolved) => known.has(source) && known.has(resolved) && resolved !== source)
      .map((resolved) => ({ from: source, to: resolved })),
  );
  return { modules: modules.sort(), imports };
}

/** Whether a file is in a folder, or is what is named. */
export function isIn(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}
